package schema

import "github.com/twmb/avro"

// commonRecord holds the fields that both records begin with. Enums are
// decoded to the index of our own symbol.
type commonRecord struct {
	Type          uint8  `avro:"type"`
	Source        string `avro:"source"`
	TransactionID string `avro:"transaction_id"`
	Sequence      int64  `avro:"sequence"`
	OccurredAt    int64  `avro:"occurred_at"`
	Mends         string `avro:"mends"`
	Item          string `avro:"item"`
	Location      string `avro:"location"`
	Channel       string `avro:"channel"`
}

// event is the event of the fields that both records have.
func (r *commonRecord) event() Event {
	return Event{Source: r.Source, TransactionID: r.TransactionID, Sequence: r.Sequence, OccurredAt: r.OccurredAt,
		Mends: r.Mends, Item: r.Item, Location: r.Location, Channel: r.Channel}
}

// inventoryRecord has the shape of inventory_event.avsc. It is apart from Event
// since the wire's fields are flat and its enums numbered otherwise; twmb/avro
// fills it by the tags, whatever the order of the writer's fields.
type inventoryRecord struct {
	commonRecord
	HasQuantity     bool   `avro:"has_quantity"`
	QuantityValue   int64  `avro:"quantity_value"`
	QuantityScale   int32  `avro:"quantity_scale"`
	QuantityUnit    string `avro:"quantity_unit"`
	Document        string `avro:"document"`
	DocumentLine    string `avro:"document_line"`
	Through         int64  `avro:"through"`
	Reason          string `avro:"reason"`
	Disposition     uint8  `avro:"disposition"`
	TransferID      string `avro:"transfer_id"`
	OrderID         string `avro:"order_id"`
	LineID          string `avro:"line_id"`
	ReservationID   string `avro:"reservation_id"`
	PlacedAt        int64  `avro:"placed_at"`
	Demand          uint8  `avro:"demand"`
	ShipmentID      string `avro:"shipment_id"`
	Substitutes     string `avro:"substitutes"`
	ExpiresAt       int64  `avro:"expires_at"`
	Kind            uint8  `avro:"kind"`
	Voids           string `avro:"voids"`
	VoidsOccurredAt int64  `avro:"voids_occurred_at"`
	Figure          uint8  `avro:"figure"`
	AsOf            int64  `avro:"as_of"`
	AuditID         string `avro:"audit_id"`
}

// decodeResolvedInventory decodes a record of another writer. Its strings are
// copies. Symbols are one more than the event's numbers; symbol 0, what the reader
// doesn't know, wraps to 255, which Validate refuses.
func decodeResolvedInventory(resolved *avro.Schema, body []byte, into *Event) error {
	var r inventoryRecord
	if err := decodeWhole(resolved, body, &r); err != nil {
		return err
	}
	e := r.event()
	e.Type = Type(r.Type)
	e.HasQuantity = r.HasQuantity
	e.Quantity = Quantity{Value: r.QuantityValue, Scale: r.QuantityScale, Unit: r.QuantityUnit}
	e.Document, e.DocumentLine = r.Document, r.DocumentLine
	e.Through, e.Reason, e.Disposition, e.TransferID = r.Through, r.Reason, Disposition(r.Disposition-1), r.TransferID
	e.OrderID, e.LineID, e.ReservationID = r.OrderID, r.LineID, r.ReservationID
	e.PlacedAt, e.Demand = r.PlacedAt, Demand(r.Demand-1)
	e.ShipmentID, e.Substitutes = r.ShipmentID, r.Substitutes
	e.ExpiresAt, e.Kind = r.ExpiresAt, ReservationKind(r.Kind-1)
	e.Voids, e.VoidsOccurredAt = r.Voids, r.VoidsOccurredAt
	e.Figure, e.AsOf, e.AuditID = Figure(r.Figure-1), r.AsOf, r.AuditID
	*into = e
	return nil
}

// referenceRecord has the shape of reference_event.avsc. Its lists' types differ
// from the event's in their tags alone, which keeps tags out of the contract.
type referenceRecord struct {
	commonRecord
	BaseUnit          string          `avro:"base_unit"`
	Units             []unitRecord    `avro:"units"`
	Aliases           []aliasRecord   `avro:"aliases"`
	SafetyStock       []settingRecord `avro:"safety_stock"`
	LowStockThreshold []settingRecord `avro:"low_stock_threshold"`
	Withdrawn         bool            `avro:"withdrawn"`
	Owner             string          `avro:"owner"`
	SellsTo           []string        `avro:"sells_to"`
	Name              string          `avro:"name"`
	Kind              uint8           `avro:"kind"`
	Contiguous        bool            `avro:"contiguous"`
	FirstSequence     int64           `avro:"first_sequence"`
	CutoverAt         int64           `avro:"cutover_at"`
	HandOffs          []string        `avro:"hand_offs"`
	From              int64           `avro:"from"`
	To                int64           `avro:"to"`
	DefaultLocation   string          `avro:"default_location"`
	ReservationSource string          `avro:"reservation_source"`
}

type unitRecord struct {
	Unit        string `avro:"unit"`
	Numerator   int64  `avro:"numerator"`
	Denominator int64  `avro:"denominator"`
}

type aliasRecord struct {
	Source string `avro:"source"`
	Code   string `avro:"code"`
	Unit   string `avro:"unit"`
}

type settingRecord struct {
	Location string `avro:"location"`
	Units    int64  `avro:"units"`
}

// decodeResolvedReference is decodeResolvedInventory for reference data.
func decodeResolvedReference(resolved *avro.Schema, body []byte, into *Event) error {
	var r referenceRecord
	if err := decodeWhole(resolved, body, &r); err != nil {
		return err
	}
	e := r.event()
	e.Type = referenceType(r.Type)
	e.Reference = &ReferenceData{
		BaseUnit:          r.BaseUnit,
		Units:             each(r.Units, func(u unitRecord) UnitRatio { return UnitRatio(u) }),
		Aliases:           each(r.Aliases, func(a aliasRecord) Alias { return Alias(a) }),
		SafetyStock:       each(r.SafetyStock, func(s settingRecord) PerLocation { return PerLocation(s) }),
		LowStockThreshold: each(r.LowStockThreshold, func(s settingRecord) PerLocation { return PerLocation(s) }),
		Withdrawn:         r.Withdrawn,
		Owner:             r.Owner,
		SellsTo:           each(r.SellsTo, func(name string) string { return name }),
		Name:              r.Name,
		Kind:              SourceKind(r.Kind - 1),
		Contiguous:        r.Contiguous,
		FirstSequence:     r.FirstSequence,
		CutoverAt:         r.CutoverAt,
		HandOffs:          each(r.HandOffs, func(name string) string { return name }),
		From:              r.From,
		To:                r.To,
		DefaultLocation:   r.DefaultLocation,
		ReservationSource: r.ReservationSource,
	}
	e.Reference.normalize()
	*into = e
	return nil
}

// each converts a list; an empty one becomes nil, as everywhere in an event.
func each[A, B any](list []A, convert func(A) B) []B {
	var converted []B
	for _, one := range list {
		converted = append(converted, convert(one))
	}
	return converted
}
