package rules

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"driftless/schema"
)

// Reference is what is known of locations, sources and channels: a snapshot
// that never changes. Every shard of a process judges by the same one.
type Reference struct {
	Offset int64 // of the reference topic: everything below it is in
	// Base is the offset up to which records were read at once, at the start. What
	// compaction had taken out of them is unknown, so an item that was judged by
	// less must be looked at whatever it mentions.
	Base         int64
	Settings     Settings
	locations    map[string]*location
	codes        map[string][]string // code → locations whose versions ever named it
	sources      map[string][]SourceVersion
	channels     map[string][]ChannelVersion
	channelNames []string   // of channels, sorted
	Standings    []Standing // of the records given, in their order
	known        []speaker  // by offset
	coming       []speaker  // those that count, by the instant at which they come into force
}

type location struct {
	versions []LocationVersion
	periods  []period
}

// period is a longest stretch of time with one owner.
type period struct {
	start int64
	owner string
}

// LocationVersion is one LocationConfigured.
type LocationVersion struct {
	Stamp
	Owner   string
	Aliases []schema.Alias
	SellsTo []string
}

// SourceVersion is one SourceConfigured.
type SourceVersion struct {
	Stamp
	Kind          schema.SourceKind
	Contiguous    bool
	FirstSequence int64
	CutoverAt     int64
	HandOffs      []string
}

// ChannelVersion is one ChannelConfigured.
type ChannelVersion struct {
	Stamp
	DefaultLocation   string
	ReservationSource string
}

// ReferenceFact is one record of the reference topic.
type ReferenceFact struct {
	Event    *schema.Event
	Offset   int64 // of the record
	LoggedAt int64
	Form     Reason // why its form is refused
}

// NewReference makes a snapshot of a set of reference records. Offset is the
// topic's offset after the last of them.
func NewReference(facts []ReferenceFact, offset int64, settings Settings) *Reference {
	r := &Reference{
		Offset: offset, Settings: settings,
		locations: map[string]*location{}, codes: map[string][]string{},
		sources: map[string][]SourceVersion{}, channels: map[string][]ChannelVersion{},
	}
	r.Standings = judgeReference(facts)
	once := firstLogged(facts)
	for i, stretches := range judged(once, settings.Horizon) {
		for _, stamp := range stamps(facts[i].Event, stretches, settings.Horizon) {
			r.add(facts[i].Event, stamp)
		}
	}
	r.finish()
	r.speakers(facts)
	return r
}

// referenceName is what a version of reference data is about.
func referenceName(e *schema.Event) string {
	switch e.Type {
	case schema.LocationConfigured:
		return e.Location
	case schema.SourceConfigured:
		return e.Reference.Name
	case schema.ChannelConfigured:
		return e.Channel
	default:
		return e.Item
	}
}

// judgeReference says how each record stands: refused for its form, for its
// source, or as a conflict with the lowest content of its transaction; or
// voided by one that mends it.
func judgeReference(facts []ReferenceFact) []Standing {
	standings := make([]Standing, len(facts))
	best, mended := map[string]int{}, map[string]bool{}
	for i := range facts {
		if e := facts[i].Event; referenceForm(e, facts[i].Form) == NoReason && e.Mends != "" {
			mended[transaction(e)+e.Mends] = true
		}
	}
	for i := range facts {
		e := facts[i].Event
		switch {
		case referenceForm(e, facts[i].Form) != NoReason:
			standings[i] = Standing{Disposition: Refused, Reason: referenceForm(e, facts[i].Form)}
			continue
		case len(mended) > 0 && mended[transaction(e)+schema.DigestString(e)]:
			standings[i] = Standing{Disposition: VoidedBy}
			continue
		}
		if at, known := best[transaction(e)]; !known || compareContents(e, facts[at].Event) < 0 {
			best[transaction(e)] = i
		}
	}
	for i := range facts {
		if standings[i].Disposition != Undecided {
			continue
		}
		e := facts[i].Event
		standings[i].Disposition = Counts
		if compareContents(e, facts[best[transaction(e)]].Event) != 0 {
			standings[i] = Standing{Disposition: Refused, Reason: Conflict}
		}
	}
	return standings
}

// referenceForm is what refuses reference data at once: their form, or a source
// that may not send them.
func referenceForm(e *schema.Event, form Reason) Reason {
	if form == NoReason && e.Source != schema.ReferenceSource {
		return NotOwner
	}
	return form
}

// transaction is the identity of a record that has no SKU.
func transaction(e *schema.Event) string { return e.Source + "\x00" + e.TransactionID + "\x00" }

// compareContents orders the contents of one identity: the lower one counts.
func compareContents(a, b *schema.Event) int {
	if c := cmp.Compare(a.Sequence, b.Sequence); c != 0 {
		return c
	}
	x, y := schema.Digest(a), schema.Digest(b)
	return slices.Compare(x[:], y[:])
}

func stampOf(e *schema.Event, loggedAt int64) Stamp {
	return Stamp{EffectiveFrom: e.OccurredAt, Sequence: e.Sequence, TransactionID: e.TransactionID, LoggedAt: loggedAt}
}

func (r *Reference) add(e *schema.Event, stamp Stamp) {
	ref, name := e.Reference, referenceName(e)
	switch e.Type {
	case schema.LocationConfigured:
		l := r.locations[name]
		if l == nil {
			l = &location{}
			r.locations[name] = l
		}
		l.versions = append(l.versions, LocationVersion{stamp, ref.Owner, ref.Aliases, ref.SellsTo})
		for _, alias := range ref.Aliases {
			r.addCode(canonicalName(alias.Code), name)
		}
	case schema.SourceConfigured:
		r.sources[name] = append(r.sources[name], SourceVersion{stamp, ref.Kind, ref.Contiguous,
			max(ref.FirstSequence, 1), ref.CutoverAt, ref.HandOffs})
	case schema.ChannelConfigured:
		r.channels[name] = append(r.channels[name], ChannelVersion{stamp, ref.DefaultLocation, ref.ReservationSource})
	}
}

func (r *Reference) addCode(code, name string) {
	if !slices.Contains(r.codes[code], name) {
		r.codes[code] = append(r.codes[code], name)
	}
}

func (r *Reference) finish() {
	for _, versions := range r.sources {
		sortVersions(versions)
	}
	for _, versions := range r.channels {
		sortVersions(versions)
	}
	r.channelNames = slices.Sorted(maps.Keys(r.channels))
	for _, l := range r.locations {
		sortVersions(l.versions)
		l.periods = ownership(l.versions, r.Settings.Horizon)
	}
	for _, names := range r.codes {
		slices.Sort(names)
	}
}

// ownership cuts time into the longest stretches with one owner, by the
// version in force at each instant.
func ownership(versions []LocationVersion, horizon int64) []period {
	cuts := []int64{math.MinInt64}
	for i := range versions {
		cuts = append(cuts, versions[i].EffectiveFrom, versions[i].LoggedAt-horizon)
		if versions[i].Ends {
			cuts = append(cuts, versions[i].Until)
		}
	}
	slices.Sort(cuts)
	var periods []period
	for _, cut := range slices.Compact(cuts) {
		v := inForce(versions, cut, horizon)
		switch {
		case v == nil:
			// No version may touch what lies there, so nothing there is judged.
		case len(periods) == 0:
			periods = append(periods, period{forever, v.Owner})
		case periods[len(periods)-1].owner != v.Owner:
			periods = append(periods, period{cut, v.Owner})
		}
	}
	return periods
}

// Source returns the version of a source that judges an instant, nil: unknown.
func (r *Reference) Source(name string, at int64) *SourceVersion {
	return inForce(r.sources[name], at, r.Settings.Horizon)
}

// Channel returns the version of a channel that judges an instant, nil: unknown.
func (r *Reference) Channel(name string, at int64) *ChannelVersion {
	return inForce(r.channels[name], at, r.Settings.Horizon)
}

// Location returns the version of a location that judges an instant, nil: unknown.
func (r *Reference) Location(name string, at int64) *LocationVersion {
	if l := r.locations[name]; l != nil {
		return inForce(l.versions, at, r.Settings.Horizon)
	}
	return nil
}

// Owner returns who owns a location at an instant and when that period of
// ownership began.
func (r *Reference) Owner(name string, at int64) (owner string, start int64) {
	l := r.locations[name]
	if l == nil {
		return "", forever
	}
	for i := len(l.periods) - 1; i >= 0; i-- {
		if l.periods[i].start <= at {
			return l.periods[i].owner, l.periods[i].start
		}
	}
	return "", forever
}

// ResolveLocation finds the location that a source means by a code at an
// instant: the one of that name, else the one with an alias for it of that
// source or of "*". Of two, the later version's.
func (r *Reference) ResolveLocation(code, source string, at int64) (string, bool) {
	if r.Location(code, at) != nil {
		return code, true
	}
	code = canonicalName(code)
	var best *LocationVersion
	name := ""
	for _, candidate := range r.codes[code] {
		v := r.Location(candidate, at)
		if v == nil || !claims(v.Aliases, code, source) {
			continue
		}
		if best == nil || claimOrder(&v.Stamp, &best.Stamp, at) >= 0 {
			best, name = v, candidate
		}
	}
	return name, best != nil
}

func claims(aliases []schema.Alias, code, source string) bool {
	return slices.ContainsFunc(aliases, func(a schema.Alias) bool {
		return canonicalName(a.Code) == code && (a.Source == source || a.Source == "*")
	})
}

// claimOrder prefers a claim in force to one that isn't yet, then the later version.
func claimOrder(a, b *Stamp, at int64) int {
	x, y := a.EffectiveFrom <= at, b.EffectiveFrom <= at
	if x != y {
		if x {
			return 1
		}
		return -1
	}
	return compareStamps(a, b)
}

// mayReserve reports whether a channel in force at an instant names the source.
// An empty channel asks for any.
func (r *Reference) mayReserve(source, channel string, at int64) bool {
	if channel != "" {
		v := r.Channel(channel, at)
		return v != nil && v.ReservationSource == source
	}
	for name := range r.channels {
		if v := r.Channel(name, at); v != nil && v.ReservationSource == source {
			return true
		}
	}
	return false
}
