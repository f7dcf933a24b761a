package lookup

import (
	"strings"
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

// Clone is the balance with strings and figures of its own, for whoever keeps
// it longer than what it was made from.
func (b Balance) Clone() Balance {
	for _, text := range []*string{&b.SKU, &b.Location, &b.Unit, &b.CauseSource, &b.CauseTransaction} {
		*text = strings.Clone(*text)
	}
	channels := make(map[string]int64, len(b.Channels))
	for channel, units := range b.Channels {
		channels[strings.Clone(channel)] = units
	}
	b.Channels = channels
	return b
}
