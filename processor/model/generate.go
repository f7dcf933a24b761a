package model

import (
	"fmt"
	"math/rand/v2"

	"driftless/schema"
)

// The sizes of a generated set, in events, reference data included.
const (
	smallestSet = 10
	largestSet  = 80
)

// generator makes one set. Names and values are few, so that events meet.
type generator struct {
	random *rand.Rand
	events []Sent
	wide   bool // times lie a horizon and more apart
	calm   bool // fewer events are wrong, so that more of them meet
	theme  int  // of themes: what most events are about

	skus, locations, channels []string
	wms, erps, storefronts    []string

	owners       map[string][]*schema.Event // versions sent so far, by location
	channelled   map[string]*schema.Event   // the last version sent, by channel
	sequences    map[[2]string]int64        // the last number, by source and SKU
	transactions int
	digests      map[string]bool // of all contents sent
}

// Generate returns a random set of events with every fault that deliveries,
// sources and reference data may have. Equal seeds give equal sets.
func Generate(seed uint64) Set {
	random := rand.New(rand.NewPCG(seed, 0))
	return generate(random, smallestSet+random.IntN(largestSet-smallestSet+1))
}

// GenerateSized is Generate with a given number of events, but at least those
// that a small world needs to be configured: about ten.
func GenerateSized(seed uint64, size int) Set {
	return generate(rand.New(rand.NewPCG(seed, 0)), size)
}

func generate(random *rand.Rand, size int) Set {
	g := &generator{
		random: random, wide: random.IntN(3) == 0, calm: random.IntN(2) == 0, theme: random.IntN(len(themes())), sequences: map[[2]string]int64{},
		owners: map[string][]*schema.Event{}, channelled: map[string]*schema.Event{},
		digests: map[string]bool{},
	}
	large := 1
	if size > 25 {
		large = 2
	}
	g.skus = names("A", "B", "C", "D")[:1+random.IntN(2*large)]
	g.locations = names("DC1", "DC2", "DC3")[:1+random.IntN(large+1)]
	g.channels = names("web", "shop")[:1+random.IntN(large)]
	g.wms = names("wms-1", "wms-2")[:1+random.IntN(2)]
	g.erps = names("erp-1", "erp-2")[:1+random.IntN(large)]
	g.storefronts = names("store-1", "store-2")[:1+random.IntN(large)]
	g.configureWorld()
	for len(g.events) < size {
		g.step()
	}
	return Set{Model: New(), Now: g.now(), Events: g.events}
}

func names(list ...string) []string { return list }

// step adds one event, or one fault.
func (g *generator) step() {
	switch n := g.random.IntN(100); {
	case n < 68:
		g.add(g.business())
	case n < 79:
		g.add(g.change())
	case n < 87:
		g.addVoid()
	case n < 91:
		g.addConflict()
	case n < 94:
		g.addMend()
	case n < 97:
		g.addInvalid()
	default:
		g.deliverAgain()
	}
}

// add sends an event. The same content again is left to deliverAgain.
func (g *generator) add(event *schema.Event) {
	digest := digestOf(event)
	if g.digests[digest] {
		return
	}
	g.digests[digest] = true
	sent := Sent{Event: event, LoggedAt: g.loggedAt(event.OccurredAt)}
	if g.chance(4) {
		sent.Key = pick(g, "misrouted", "A", "B", "code-1")
	}
	g.events = append(g.events, sent)
}

// chance is true in that many of a hundred cases.
func (g *generator) chance(percent int) bool { return g.random.IntN(100) < percent }

// odd is chance for what makes an event wrong: rarer in a calm set.
func (g *generator) odd(percent int) bool {
	return g.chance(percent) && (!g.calm || g.chance(20))
}

// pick chooses one of a list that isn't empty.
func pick[T any](g *generator, list ...T) T { return list[g.random.IntN(len(list))] }

// transaction returns a new transaction id, or now and then one that another
// event has.
func (g *generator) transaction() string {
	g.transactions++
	if g.transactions > 3 && g.chance(3) {
		return fmt.Sprintf("t%d", 1+g.random.IntN(g.transactions))
	}
	return fmt.Sprintf("t%d", g.transactions)
}

// sequence returns the source's next number for the SKU. Some are skipped,
// some come twice.
func (g *generator) sequence(source, sku string) int64 {
	last := g.sequences[[2]string{source, sku}]
	next := last + 1
	switch {
	case g.chance(8):
		next += 1 + g.random.Int64N(3)
	case last > 0 && g.chance(8):
		next = 1 + g.random.Int64N(last)
	}
	g.sequences[[2]string{source, sku}] = max(last, next)
	return next
}

// time returns when something happened. In a wide set times gather around
// instants that are a horizon apart, a millisecond more or less.
func (g *generator) time() int64 {
	at := Start + 40*Day
	if g.wide {
		at = Start + pick[int64](g, 10, 35, 40, 40, 40, 65, 70, 71, 100)*Day
		if g.chance(50) {
			return at + g.random.Int64N(5) - 2
		}
	}
	return at + g.random.Int64N(200)
}

// loggedAt returns when an event of that time was logged first.
func (g *generator) loggedAt(at int64) int64 {
	horizon := 30 * Day
	if g.wide && g.chance(30) {
		return at + pick(g, 5*Day, 25*Day, horizon-1, horizon, horizon, horizon+1, 31*Day)
	}
	if g.chance(3) {
		return at - pick(g, 1, Day, Day, Day+1)
	}
	return at + g.random.Int64N(50)
}

// now returns a clock reading, most often soon after the last event.
func (g *generator) now() int64 {
	latest := Start + 40*Day
	for _, sent := range g.events {
		latest = max(latest, sent.LoggedAt)
	}
	if g.chance(30) {
		return latest + pick(g, Day, 30*Day-50, 30*Day, 60*Day)
	}
	return latest + g.random.Int64N(100)
}
