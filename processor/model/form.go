package model

import (
	"strings"

	"driftless/schema"
)

// checkForm judges what each content says on its own: its age, then its form.
func (w *world) checkForm() {
	for _, c := range w.contents {
		e := c.event
		reference := e.Type.IsReference()
		switch {
		case !reference && c.loggedAt-e.OccurredAt > w.Horizon:
			c.refuse(BeyondHorizon)
		case e.Type == schema.TransactionVoided && e.VoidsOccurredAt != 0 && e.VoidsOccurredAt < c.loggedAt-w.Horizon:
			c.refuse(BeyondHorizon)
		case !e.Type.IsReference() && e.OccurredAt-c.loggedAt > w.FutureLimit, !complete(e), e.Through > e.Sequence:
			c.refuse(InvalidEvent)
		case e.Quantity.Scale < 0 || e.Quantity.Scale > 18 || e.Quantity.Value < 0 && e.Type != schema.StockAdjusted:
			c.refuse(InvalidQuantity)
		case !codesValid(e):
			c.refuse(InvalidCode)
		case reference && e.Source != "reference":
			c.refuse(NotOwner)
		}
	}
}

// complete says whether the event has the fields that its type needs.
func complete(e *schema.Event) bool {
	common := e.Source != "" && e.TransactionID != "" && e.Sequence >= 0 && e.OccurredAt > 0
	return common && (e.Type.IsReference() && completeReference(e) || e.Type.IsBusiness() && completeBusiness(e))
}

func completeBusiness(e *schema.Event) bool {
	if e.Item == "" || e.Reference != nil || e.Item == e.Substitutes {
		return false
	}
	moves := e.HasQuantity && e.Location != ""
	line := e.OrderID != "" && e.LineID != ""
	switch e.Type {
	case schema.GoodsReceived, schema.StockCounted, schema.StockSold:
		return moves
	case schema.StockAdjusted:
		return moves && e.Reason != ""
	case schema.TransferShipped, schema.TransferReceived:
		return moves && e.TransferID != ""
	case schema.ReturnReceived:
		return moves && e.Disposition != schema.DispositionAbsent
	case schema.OrderPlaced, schema.OrderCommitted:
		return line && e.HasQuantity
	case schema.OrderShipped:
		return line && moves
	case schema.GoodsReceiptPosted, schema.AdjustmentPosted:
		return e.Document != ""
	case schema.ReservationPlaced:
		return e.ReservationID != "" && e.Channel != "" && e.HasQuantity
	case schema.ReservationReleased:
		return e.ReservationID != ""
	case schema.TransactionVoided:
		return e.Voids != ""
	case schema.SystemSnapshot:
		return moves && e.Figure != schema.FigureAbsent && e.AsOf > 0
	}
	return line // cancellations and the hand-offs of a line
}

func completeReference(e *schema.Event) bool {
	r := e.Reference
	if r == nil {
		return false
	}
	switch e.Type {
	case schema.ItemConfigured:
		return e.Item != "" && r.BaseUnit != ""
	case schema.LocationConfigured:
		return e.Location != "" && r.Owner != ""
	case schema.SourceConfigured:
		return r.Name != "" && r.Kind != schema.UnknownKind
	case schema.ChannelConfigured:
		return e.Channel != ""
	}
	return r.Name != "" && e.Item != "" && r.From <= r.To
}

// codesValid verifies the check digit of every GTIN and GLN that the event names.
func codesValid(e *schema.Event) bool {
	codes := []string{e.Item, e.Location, e.Substitutes}
	if e.Reference != nil {
		for _, alias := range e.Reference.Aliases {
			codes = append(codes, alias.Code)
		}
	}
	for _, code := range codes {
		if _, valid := normal(code); !valid {
			return false
		}
	}
	return true
}

// normal pads a GTIN to 14 digits and a GLN to 13, and says whether its check
// digit is right: from the right, the digits weigh 1 and 3 in turn, and their
// sum is a multiple of ten. Every other code is valid as it is.
func normal(code string) (string, bool) {
	prefix, digits, found := strings.Cut(code, ":")
	width := map[string]int{"gtin": 14, "gln": 13}[prefix]
	if !found || width == 0 {
		return code, true
	}
	if len(digits) < 8 || len(digits) > width || strings.Trim(digits, "0") == "" {
		return code, false
	}
	sum := 0
	for i, digit := range digits {
		if digit < '0' || digit > '9' {
			return code, false
		}
		weight := 1
		if (len(digits)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(digit-'0')
	}
	return prefix + ":" + strings.Repeat("0", width-len(digits)) + digits, sum%10 == 0
}
