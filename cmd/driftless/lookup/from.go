package lookup

import (
	"time"

	"driftless/schema"
)

// FromATP makes the answer of a state of the output topic. Its strings alias
// the state's.
func FromATP(state *schema.ATP) Balance {
	balance := Balance{
		SKU: state.SKU, Location: state.Location, Unit: state.Unit,
		OnHand: state.OnHand, Committed: state.Committed, Reserved: state.Reserved, ATP: state.ATP,
		Sellable: state.Sellable, Preordered: state.Preordered, Provisional: state.Provisional,
		Oversold: state.Oversold, Gap: state.Gap, SafetyStock: state.SafetyStock,
		Channels: map[string]int64{}, Version: state.Version,
		EffectiveAt: At(state.EffectiveAt), ComputedAt: At(state.ComputedAt),
		CauseSource: state.CauseSource, CauseTransaction: state.CauseTransactionID,
	}
	for _, channel := range state.Channels {
		balance.Channels[channel.Channel] = channel.Units
	}
	return balance
}

// At is the instant of milliseconds since 1970, in UTC.
func At(milliseconds int64) time.Time { return time.UnixMilli(milliseconds).UTC() }
