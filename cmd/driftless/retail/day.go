package retail

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"driftless/schema"
)

// The play's own distances, in milliseconds.
const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute

	lead       = 2 * hour    // from the opening to the first order
	workLength = 9 * hour    // an export that spans more is squeezed into this
	tail       = 50 * minute // from the last order to the close of business
	healing    = 45 * minute // from the close to the end: what was late arrives
)

// fact is one thing that a system recorded, before it is numbered and sent.
type fact struct {
	event    schema.Event // without a sequence until all facts are numbered
	at       int64        // when it was recorded, milliseconds
	sku      string       // what the event's item code stands for
	location string       // what a movement's location code stands for
	units    int64        // of a movement, in base units
	// freeze is set for a count: the count includes what was recorded up to
	// this instant (milliseconds), and its `through` follows from that once
	// all facts are numbered.
	freeze int64
	// holdUntil delays the delivery: nothing of the fact arrives before.
	holdUntil int64
	lost      bool // never delivered
}

// day runs the simulation: acts wait in a queue for their instant, change the
// world and record facts. One goroutine owns it; it is deterministic, since
// the random source has a fixed seed and acts of one instant keep their order.
type day struct {
	*world
	start, close, end int64 // milliseconds since 1970 UTC
	now               int64
	queue             queue
	acts              int
	random            *rand.Rand
	facts             []*fact
	items             map[string]*item
	list              []*item
	transactions      map[string]int // by source
	// substitutions counts down: the shop allows only so many.
	substitutions  int
	reservationIDs int
	booked         map[string]*reservation // by order and line: what the portal set aside for it
	wantedBy       map[string][]string     // channel to the SKUs of its lines, in the export's order
}

// act is one thing that will happen.
type act struct {
	at    int64
	order int
	do    func()
}

// queue is a heap of acts, the next one first.
type queue []act

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is heap.Interface's.
func (q *queue) Push(x any) { *q = append(*q, x.(act)) }

// Pop is heap.Interface's.
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// at schedules an act. What is due after the close doesn't happen.
func (d *day) at(instant int64, do func()) {
	if instant > d.close {
		return
	}
	d.acts++
	heap.Push(&d.queue, act{max(instant, d.now), d.acts, do})
}

func (d *day) after(distance int64, do func()) { d.at(d.now+distance, do) }

// between is a random distance from low to high, both included.
func (d *day) between(low, high int64) int64 { return low + d.random.Int64N(high-low+1) }

// chance is true in one of n cases.
func (d *day) chance(n int) bool { return d.random.IntN(n) == 0 }

// share is the instant at which so many hundredths of the business day are over.
func (d *day) share(hundredths int64) int64 {
	return d.start + (d.close-d.start)*hundredths/100
}

func (d *day) run() {
	for d.queue.Len() > 0 {
		next := heap.Pop(&d.queue).(act)
		d.now = max(d.now, next.at)
		next.do()
	}
}

// record notes an event as a fact of its source. No two facts are recorded in
// the same millisecond, so that "recorded up to an instant" has one meaning.
func (d *day) record(source string, event schema.Event) *fact {
	d.now++
	d.transactions[source]++
	event.Source = source
	event.TransactionID = transactionID(source, d.transactions[source])
	event.OccurredAt = d.now
	recorded := &fact{event: event, at: d.now, sku: event.Item, location: event.Location}
	d.facts = append(d.facts, recorded)
	return recorded
}

// newDay sets the scene: what opens, moves and is ordered when.
func newDay(orders *Orders, options Options) *day {
	d := emptyDay(catalogue(orders, options.Items))
	schedule := timetable(orders.Lines)
	length := lead + schedule(latest(orders.Lines)) + tail
	d.start = options.opening(length + healing).UnixMilli()
	d.now, d.close, d.end = d.start, d.start+length, d.start+length+healing
	d.open()
	d.receipts()
	d.floor()
	d.tills()
	for _, line := range orders.Lines {
		if d.items[line.SKU()] != nil {
			d.enter(line, d.start+lead+schedule(line.At))
		}
	}
	d.setAside()
	return d
}

// emptyDay is a day without a beginning, an end and anything to do.
func emptyDay(items map[string]*item, list []*item) *day {
	return &day{world: newWorld(), items: items, list: list, transactions: map[string]int{},
		booked: map[string]*reservation{}, wantedBy: map[string][]string{}, substitutions: 6,
		// The day is the same for every seed of the faults.
		random: rand.New(rand.NewPCG(2011, 920))}
}

// timetable says how long after the first order an instant comes, in
// milliseconds. What spans more than a working day is squeezed into one, its
// relative distances kept.
func timetable(lines []Line) func(time.Time) int64 {
	first := lines[0].At
	for _, line := range lines {
		if line.At.Before(first) {
			first = line.At
		}
	}
	span := latest(lines).Sub(first).Milliseconds()
	return func(at time.Time) int64 {
		// A float is exact enough: only the order of the lines must survive, and
		// it does, since the product is monotone.
		distance := at.Sub(first).Milliseconds()
		if span <= workLength {
			return distance
		}
		return int64(float64(distance) / float64(span) * float64(workLength))
	}
}

func latest(lines []Line) time.Time {
	last := lines[0].At
	for _, line := range lines {
		if line.At.After(last) {
			last = line.At
		}
	}
	return last
}

// transactionID is unique within its source, not only within the SKU.
func transactionID(source string, n int) string { return fmt.Sprintf("%s-%06d", source, n) }
