package schema

import "encoding/binary"

// EncodeEvent appends the event to dst in Avro's single-object encoding, as
// InventoryEvent or, where Reference is set, as ReferenceEvent. Nothing is
// allocated where dst has room. What isn't valid is written as it is.
func EncodeEvent(dst []byte, e *Event) []byte {
	if e.Reference != nil {
		return AppendEventBody(appendHeader(dst, referenceEventFingerprint), e)
	}
	return AppendEventBody(appendHeader(dst, inventoryEventFingerprint), e)
}

// AppendEventBody appends the Avro record alone, for another framing.
func AppendEventBody(dst []byte, e *Event) []byte {
	if e.Reference != nil {
		return appendReferenceEvent(dst, e)
	}
	return appendInventoryEvent(dst, e)
}

// appendInventoryEvent writes the fields in the order of inventory_event.avsc.
func appendInventoryEvent(dst []byte, e *Event) []byte {
	kind := e.Type
	// No symbol stands for a type of the other record: it is written as Unknown,
	// and refused by whoever reads it.
	if !kind.IsBusiness() {
		kind = UnknownType
	}
	dst = appendCommon(dst, e, int64(kind))
	dst = appendStrings(dst, e.Item)
	dst = appendFlag(dst, e.HasQuantity)
	dst = appendLongs(dst, e.Quantity.Value, int64(e.Quantity.Scale))
	dst = appendStrings(dst, e.Quantity.Unit, e.Location, e.Document, e.DocumentLine)
	dst = appendLongs(dst, e.Through)
	dst = appendStrings(dst, e.Reason)
	dst = appendChoice(dst, e.Disposition)
	dst = appendStrings(dst, e.TransferID, e.OrderID, e.LineID, e.Channel, e.ReservationID)
	dst = appendLongs(dst, e.PlacedAt)
	dst = appendChoice(dst, e.Demand)
	dst = appendStrings(dst, e.ShipmentID, e.Substitutes)
	dst = appendLongs(dst, e.ExpiresAt)
	dst = appendChoice(dst, e.Kind)
	dst = appendStrings(dst, e.Voids)
	dst = appendLongs(dst, e.VoidsOccurredAt)
	dst = appendChoice(dst, e.Figure)
	dst = appendLongs(dst, e.AsOf)
	return appendStrings(dst, e.AuditID)
}

// appendCommon writes what both records begin with. The two enums of types number
// their symbols apart, so the symbol comes from the caller.
func appendCommon(dst []byte, e *Event, symbol int64) []byte {
	dst = binary.AppendVarint(dst, symbol)
	dst = appendStrings(dst, e.Source, e.TransactionID)
	dst = appendLongs(dst, e.Sequence, e.OccurredAt)
	return appendStrings(dst, e.Mends)
}

// appendReferenceEvent writes the fields in the order of reference_event.avsc.
func appendReferenceEvent(dst []byte, e *Event) []byte {
	symbol := int64(0)
	if e.Type.IsReference() {
		symbol = int64(e.Type-ItemConfigured) + 1
	}
	r := e.Reference
	dst = appendCommon(dst, e, symbol)
	dst = appendStrings(dst, e.Item, e.Location, e.Channel, r.BaseUnit)
	dst = appendUnitRatios(dst, r.Units)
	dst = appendAliasRecords(dst, r.Aliases)
	dst = appendSettings(dst, r.SafetyStock)
	dst = appendSettings(dst, r.LowStockThreshold)
	dst = appendFlag(dst, r.Withdrawn)
	dst = appendStrings(dst, r.Owner)
	dst = appendNameList(dst, r.SellsTo)
	dst = appendStrings(dst, r.Name)
	dst = appendChoice(dst, r.Kind)
	dst = appendFlag(dst, r.Contiguous)
	dst = appendLongs(dst, r.FirstSequence, r.CutoverAt)
	dst = appendNameList(dst, r.HandOffs)
	dst = appendLongs(dst, r.From, r.To)
	return appendStrings(dst, r.DefaultLocation, r.ReservationSource)
}

// appendUnitRatios writes one block: lists are short, and all is at hand.
func appendUnitRatios(dst []byte, units []UnitRatio) []byte {
	dst = appendBlocks(dst, len(units))
	for _, ratio := range units {
		dst = appendLongs(appendStrings(dst, ratio.Unit), ratio.Numerator, ratio.Denominator)
	}
	return endBlocks(dst)
}

// appendAliasRecords writes the aliases in their order, which is that of content.
func appendAliasRecords(dst []byte, aliases []Alias) []byte {
	dst = appendBlocks(dst, len(aliases))
	for _, alias := range aliases {
		dst = appendStrings(dst, alias.Source, alias.Code, alias.Unit)
	}
	return endBlocks(dst)
}

// appendSettings writes settings by location.
func appendSettings(dst []byte, settings []PerLocation) []byte {
	dst = appendBlocks(dst, len(settings))
	for _, setting := range settings {
		dst = appendLongs(appendStrings(dst, setting.Location), setting.Units)
	}
	return endBlocks(dst)
}

// appendNameList writes names in their order, which is that of content.
func appendNameList(dst []byte, names []string) []byte {
	return endBlocks(appendStrings(appendBlocks(dst, len(names)), names...))
}
