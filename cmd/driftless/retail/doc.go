// Package retail plays a real retail day: the order lines that a British
// online retailer took on 20 September 2011, or anybody's own order export,
// worked through by systems that each keep books of their own: two warehouse
// systems (wms-1 at DC1, wms-2 at DC2), a till (till-1 at SHOP), an ERP, a
// storefront and a business-to-business portal.
//
// The day is simulated twice over. The world (world.go) is what a perfect
// observer sees: goods on shelves, lines open, reservations standing. The
// facts (day.go) are what the systems record about it, as events. Faults
// (faults.go) then come between the systems, from a seed: batches, copies,
// storms, losses, wrong units, strangers' movements. Every fault heals before
// the play ends, so the delivered events must yield the world exactly, while
// the systems' own naive books (books.go) have drifted apart.
//
// Nothing here knows the rules by which driftless judges an event. That is the
// use of it: the truth is written twice, and the two must agree.
package retail
