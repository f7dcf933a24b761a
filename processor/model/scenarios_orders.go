package model

func orderScenarios() []Scenario {
	return []Scenario{
		{Name: "a storefront's order counts at once, provisionally, at its channel's location", Events: `
			OrderPlaced store t1 1 1 item=A order_id=O1 line_id=1 quantity=3 channel=web`, Want: `
			balance A * committed=3 atp=-3 provisional=3
			balance A DC1 committed=3 atp=-3 provisional=3
			line O1 1 A ordered=3 committed=3 location=DC1 channel=web`},
		{Name: "the ERP's word goes before the storefront's, whatever the sequences", Events: `
			OrderPlaced store t1 9 1 item=A order_id=O1 line_id=1 quantity=3 channel=web reservation_id=R1 location=DC2
			OrderCommitted erp t2 1 2 item=A order_id=O1 line_id=1 quantity=5`, Want: `
			balance A * committed=5 atp=-5
			balance A DC2 committed=5 atp=-5
			line O1 1 A ordered=5 committed=5 location=DC2 channel=web reservation_id=R1 authoritative
			event store t1 A #9 superseded
			event erp t2 A #1 counts`},
		{Name: "the highest report is the total, not an addition", Events: `
			OrderCommitted erp t1 2 1 item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCommitted erp t2 1 2 item=A order_id=O1 line_id=1 quantity=7 location=DC2
			OrderCommitted erp t3 3 3 item=A order_id=O1 line_id=2 quantity=1 location=DC1`, Want: `
			balance A * committed=6 atp=-6
			balance A DC1 committed=6 atp=-6
			line O1 1 A ordered=5 committed=5 location=DC1 authoritative
			line O1 2 A ordered=1 committed=1 location=DC1 authoritative
			event erp t2 A #1 superseded`},
		{Name: "several ERPs are compared as if one", Events: `
			SourceConfigured reference c10 10 0 name=erp-2 kind=erp
			OrderCommitted erp t1 2 1 item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCommitted erp-2 t1 2 2 item=A order_id=O1 line_id=1 quantity=7 location=DC1`, Want: `
			line O1 1 A ordered=7 committed=7 location=DC1 authoritative
			event erp t1 A #2 superseded
			event erp-2 t1 A #2 counts`},
		{Name: "a line without a location, or with one not known yet, is unassigned", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=5
			OrderCommitted erp t2 2 1 item=A order_id=O2 line_id=1 quantity=2 location=DC9 channel=web
			GoodsReceived wms-1 t3 1 1 item=A location=DC1 quantity=10`, Want: `
			balance A * on_hand=10 committed=7 atp=3
			balance A DC1 on_hand=10 atp=10
			balance A unassigned committed=7 atp=-7
			line O1 1 A ordered=5 committed=5 authoritative
			line O2 1 A ordered=2 committed=2 channel=web authoritative`},
		{Name: "the channel's default is the one at the winning report's time", Events: `
			ChannelConfigured reference c10 10 5 channel=web default_location=DC2
			OrderPlaced store t1 1 4 item=A order_id=O1 line_id=1 quantity=1 channel=web
			OrderCommitted erp t2 1 5 item=A order_id=O1 line_id=1 quantity=2
			OrderPlaced store t3 2 4 item=A order_id=O2 line_id=1 quantity=4 channel=web`, Want: `
			balance A * committed=6 atp=-6 provisional=4
			balance A DC1 committed=4 atp=-4 provisional=4
			balance A DC2 committed=2 atp=-2`},
		{Name: "a pre-order stays outside ATP until it is wanted now", Events: `
			OrderPlaced store t1 1 1 item=A order_id=O1 line_id=1 quantity=3 demand=preorder location=DC1
			OrderPlaced store t2 2 1 item=A order_id=O2 line_id=1 quantity=4 demand=preorder location=DC1
			OrderCommitted erp t3 1 2 item=A order_id=O2 line_id=1 quantity=4
			OrderPlaced store t4 3 1 item=B order_id=O3 line_id=1 quantity=5 demand=preorder location=DC1
			OrderCommitted erp t5 2 2 item=B order_id=O3 line_id=1 quantity=5 demand=now`, Want: `
			balance A * preordered=7
			balance A DC1 preordered=7
			balance B * committed=5 atp=-5
			balance B DC1 committed=5 atp=-5
			line O1 1 A ordered=3 preordered=3 location=DC1
			line O2 1 A ordered=4 preordered=4 location=DC1 authoritative
			line O3 1 B ordered=5 committed=5 location=DC1 authoritative`},
	}
}

func cancellationScenarios() []Scenario {
	return []Scenario{
		{Name: "a report contains its source's cancellations below it", Events: `
			OrderCommitted erp t2 5 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderCancelled erp t1 4 1 item=A order_id=O1 line_id=1 quantity=3
			OrderCancelled erp t3 6 1 item=A order_id=O1 line_id=1 quantity=2`, Want: `
			balance A * committed=8 atp=-8
			balance A DC1 committed=8 atp=-8
			line O1 1 A ordered=10 cancelled=2 committed=8 location=DC1 authoritative
			event erp t1 A #4 absorbed
			event erp t3 A #6 counts`},
		{Name: "the storefront's cancellations count until the ERP speaks", Events: `
			OrderPlaced store t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderCancelled store t2 2 1 item=A order_id=O1 line_id=1 quantity=3
			OrderPlaced store t3 1 1 item=A order_id=O2 line_id=1 quantity=10 location=DC1
			OrderCancelled store t4 2 1 item=A order_id=O2 line_id=1 quantity=3
			OrderCancelled erp t5 1 1 item=A order_id=O2 line_id=1 quantity=4`, Want: `
			balance A * committed=13 atp=-13 provisional=13
			balance A DC1 committed=13 atp=-13 provisional=13
			line O1 1 A ordered=10 cancelled=3 committed=7 location=DC1
			line O2 1 A ordered=10 cancelled=4 committed=6 location=DC1
			event store t4 A #2 superseded
			event erp t5 A #1 counts`},
		{Name: "a whole cancellation cancels all that is ordered, shipped or not", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderShipped wms-1 t2 1 2 item=A location=DC1 quantity=4 order_id=O1 line_id=1
			OrderCancelled erp t3 2 3 item=A order_id=O1 line_id=1`, Want: `
			balance A * on_hand=-4 atp=-4
			balance A DC1 on_hand=-4 atp=-4
			line O1 1 A ordered=10 cancelled=10 shipped=4 location=DC1 authoritative over_shipped`},
		{Name: "a short close carries the rest", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderShipped wms-1 t2 1 2 item=A location=DC1 quantity=4 order_id=O1 line_id=1
			OrderCancelled erp t3 2 3 item=A order_id=O1 line_id=1 quantity=6`, Want: `
			line O1 1 A ordered=10 cancelled=6 shipped=4 location=DC1 authoritative`},
		{Name: "a later report opens a cancelled line again", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderCancelled erp t2 2 2 item=A order_id=O1 line_id=1
			OrderCommitted erp t3 3 3 item=A order_id=O1 line_id=1 quantity=6 location=DC1`, Want: `
			line O1 1 A ordered=6 committed=6 location=DC1 authoritative
			event erp t2 A #2 absorbed`},
		{Name: "a storefront's report doesn't open what the ERP cancelled", Events: `
			OrderPlaced store t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderCancelled erp t2 1 2 item=A order_id=O1 line_id=1
			OrderPlaced store t3 2 3 item=A order_id=O1 line_id=1 quantity=6 location=DC1`, Want: `
			line O1 1 A ordered=6 cancelled=6 location=DC1`},
		{Name: "partial cancellations beyond the order are kept and flagged", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCancelled erp t2 2 2 item=A order_id=O1 line_id=1 quantity=4
			OrderCancelled erp t3 3 2 item=A order_id=O1 line_id=1 quantity=4
			OrderCancelled erp t4 4 2 item=A order_id=O1 line_id=1
			OrderCancelled erp t5 5 2 item=A order_id=O2 line_id=1 quantity=4`, Want: `
			balance none
			line O1 1 A ordered=5 cancelled=8 location=DC1 authoritative over_cancelled
			line O2 1 A cancelled=4`},
	}
}

func keptScenarios() []Scenario {
	return []Scenario{
		{Name: "a report of an old order doesn't open a line that isn't kept", Events: `
			OrderCommitted erp t1 1 40d item=A order_id=O1 line_id=1 quantity=5 location=DC1 placed_at=10d
			OrderCommitted erp t2 2 40d item=A order_id=O2 line_id=1 quantity=5 location=DC1 placed_at=10d-1`, Want: `
			balance A * committed=5 atp=-5
			balance A DC1 committed=5 atp=-5
			event erp t1 A #1 counts
			event erp t2 A #2 refused beyond_horizon`},
		{Name: "the first load may bring old orders", Events: `
			SourceConfigured reference c10 10 0 name=erp kind=erp cutover_at=50d
			OrderCommitted erp t1 1 49d item=A order_id=O1 line_id=1 quantity=5 location=DC1 placed_at=10d logged_at=50d-1
			OrderCommitted erp t2 2 49d item=A order_id=O2 line_id=1 quantity=7 location=DC1 placed_at=10d logged_at=50d`, Want: `
			balance A * committed=5 atp=-5
			balance A DC1 committed=5 atp=-5
			event erp t2 A #2 refused beyond_horizon`},
		{Name: "an open line is kept for ever", Events: `
			OrderCommitted erp t1 1 1d item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCommitted erp t2 2 90d item=A order_id=O1 line_id=1 quantity=8 location=DC1 placed_at=1d`, Want: `
			balance A * committed=8 atp=-8
			balance A DC1 committed=8 atp=-8
			event erp t2 A #2 counts`},
		{Name: "a closed line is kept for one horizon after its last event", Events: `
			OrderCommitted erp t1 1 1d item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCancelled erp t2 2 20d item=A order_id=O1 line_id=1
			OrderCommitted erp t3 3 50d item=A order_id=O1 line_id=1 quantity=1 location=DC1 placed_at=1d
			OrderCommitted erp t4 4 1d item=B order_id=O1 line_id=1 quantity=5 location=DC1
			OrderCancelled erp t5 5 20d-1 item=B order_id=O1 line_id=1
			OrderCommitted erp t6 6 50d item=B order_id=O1 line_id=1 quantity=1 location=DC1 placed_at=1d`, Want: `
			balance A * committed=1 atp=-1
			balance A DC1 committed=1 atp=-1
			event erp t3 A #3 counts
			event erp t6 B #6 refused beyond_horizon`},
		{Name: "what is logged later doesn't keep a line", Events: `
			OrderCommitted erp t1 1 50d item=A order_id=O1 line_id=1 quantity=5 location=DC1 placed_at=1d
			OrderCommitted erp t2 2 50d item=A order_id=O1 line_id=1 quantity=7 location=DC1 logged_at=50d+1`, Want: `
			balance A * committed=7 atp=-7
			balance A DC1 committed=7 atp=-7
			event erp t1 A #1 refused beyond_horizon
			event erp t2 A #2 counts`},
		{Name: "a report that is refused keeps no line for the next", Events: `
			OrderCommitted erp t1 1 50d item=A order_id=O1 line_id=1 quantity=5 location=DC1 placed_at=1d
			OrderCommitted erp t2 2 51d item=A order_id=O1 line_id=1 quantity=7 location=DC1 placed_at=1d`, Want: `
			balance none
			event erp t1 A #1 refused beyond_horizon
			event erp t2 A #2 refused beyond_horizon`},
	}
}
