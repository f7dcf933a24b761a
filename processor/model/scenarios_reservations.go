package model

func reservationScenarios() []Scenario {
	return []Scenario{
		{Name: "the highest placement counts, less what its lines consume", Events: `
			ReservationPlaced erp t1 2 1 item=A reservation_id=R1 channel=web quantity=10
			ReservationPlaced erp t2 1 2 item=A reservation_id=R1 channel=web quantity=20
			OrderCommitted erp t3 3 3 item=A order_id=O1 line_id=1 quantity=4 reservation_id=R1 location=DC2
			OrderCancelled erp t4 4 3 item=A order_id=O1 line_id=1 quantity=1
			OrderShipped wms-2 t5 1 3 item=A location=DC2 quantity=2 order_id=O1 line_id=1`, Want: `
			balance A * on_hand=-2 committed=1 reserved=7 atp=-10
			balance A DC1 reserved=7 atp=-7
			balance A DC2 on_hand=-2 committed=1 atp=-3
			reservation R1 A location=DC1 channel=web quantity=10 consumed=3 open=7
			event erp t1 A #2 counts
			event erp t2 A #1 superseded`},
		{Name: "a pre-order consumes nothing until it is wanted now", Events: `
			ReservationPlaced erp t1 1 1 item=A reservation_id=R1 channel=web quantity=10
			OrderPlaced store t2 1 3 item=A order_id=O1 line_id=1 quantity=4 reservation_id=R1 demand=preorder
			OrderPlaced store t3 2 3 item=A order_id=O2 line_id=1 quantity=3 reservation_id=R1
			OrderPlaced store t4 3 3 item=B order_id=O2 line_id=1 quantity=3 reservation_id=R1`, Want: `
			reservation R1 A location=DC1 channel=web quantity=10 consumed=3 open=7`},
		{Name: "more consumed than reserved leaves none, not less", Events: `
			ReservationPlaced erp t1 1 1 item=A reservation_id=R1 channel=web quantity=2
			OrderPlaced store t3 2 3 item=A order_id=O2 line_id=1 quantity=3 reservation_id=R1 location=DC1`, Want: `
			balance A * committed=3 atp=-3 provisional=3
			balance A DC1 committed=3 atp=-3 provisional=3
			reservation R1 A location=DC1 channel=web quantity=2 consumed=3`},
		{Name: "a release of the placement's source, not below it, ends it", Events: `
			ReservationPlaced erp t1 5 1 item=A reservation_id=R1 channel=web quantity=2
			ReservationReleased erp t2 5 2 item=A reservation_id=R1
			ReservationPlaced erp t3 5 1 item=A reservation_id=R2 channel=web quantity=3
			ReservationReleased erp t4 4 2 item=A reservation_id=R2`, Want: `
			balance A * reserved=3 atp=-3
			balance A DC1 reserved=3 atp=-3
			reservation R1 A location=DC1 channel=web quantity=2 released
			reservation R2 A location=DC1 channel=web quantity=3 open=3
			event erp t2 A #5 counts
			event erp t4 A #4 superseded`},
		{Name: "a placement after the release opens it again", Events: `
			ReservationPlaced erp t1 1 1 item=A reservation_id=R1 channel=web quantity=2
			ReservationReleased erp t2 2 2 item=A reservation_id=R1
			ReservationPlaced erp t3 3 3 item=A reservation_id=R1 channel=web quantity=4`, Want: `
			reservation R1 A location=DC1 channel=web quantity=4 open=4
			event erp t2 A #2 superseded`},
		{Name: "a reservation expires with the clock reading", Events: `
			ReservationPlaced erp t1 1 1 item=A reservation_id=R1 channel=web quantity=2 expires_at=100
			ReservationPlaced erp t2 2 1 item=A reservation_id=R2 channel=web quantity=4 expires_at=101
			now 100`, Want: `
			balance A * reserved=4 atp=-4
			balance A DC1 reserved=4 atp=-4
			reservation R1 A location=DC1 channel=web quantity=2 expired
			reservation R2 A location=DC1 channel=web quantity=4 open=4`},
		{Name: "who may place is the system that the channel names, else the ERP", Events: `
			ChannelConfigured reference c10 10 0 channel=shop reservation_source=store
			ReservationPlaced store t1 1 1 item=A reservation_id=R1 channel=shop quantity=1
			ReservationPlaced erp t2 1 1 item=A reservation_id=R2 channel=shop quantity=2
			ReservationPlaced store t3 2 1 item=A reservation_id=R3 channel=web quantity=4
			ReservationPlaced erp t4 2 1 item=A reservation_id=R4 channel=web quantity=8
			ReservationPlaced erp t5 3 1 item=A reservation_id=R5 channel=bazaar quantity=16`, Want: `
			balance A * reserved=25 atp=-25
			balance A DC1 reserved=8 atp=-8
			balance A unassigned reserved=17 atp=-17
			event store t1 A #1 counts
			event erp t2 A #1 refused not_owner
			event store t3 A #2 refused not_owner`},
		{Name: "who may release is an ERP, or a system that the channel, or any, names", Events: `
			ChannelConfigured reference c10 10 0 channel=shop reservation_source=store
			ReservationPlaced store t1 1 1 item=A reservation_id=R1 channel=shop quantity=1
			ReservationReleased store t2 2 1 item=A reservation_id=R1 channel=web
			ReservationReleased wms-1 t3 3 1 item=A reservation_id=R1
			ReservationReleased erp t4 4 1 item=A reservation_id=R1
			ReservationReleased store t5 5 1 item=A reservation_id=R1`, Want: `
			balance none
			event store t2 A #2 refused not_owner
			event wms-1 t3 A #3 refused not_owner
			event erp t4 A #4 superseded
			event store t5 A #5 counts`},
	}
}

func allotmentScenarios() []Scenario {
	return []Scenario{
		{Name: "an allotment is consumed by its channel's lines there that name no reservation", Events: `
			ReservationPlaced erp t1 1 10 item=A reservation_id=P1 channel=web location=DC2 quantity=20 kind=allotment
			OrderPlaced store t2 1 11 item=A order_id=O1 line_id=1 quantity=1 channel=web location=DC2
			OrderPlaced store t3 2 11 item=A order_id=O2 line_id=1 quantity=2 channel=web location=DC1
			OrderPlaced store t4 3 11 item=A order_id=O3 line_id=1 quantity=4 channel=web location=DC2 reservation_id=R1
			OrderPlaced store t5 4 11 item=A order_id=O4 line_id=1 quantity=8 channel=shop location=DC2
			OrderPlaced store t6 5 11 item=A order_id=O5 line_id=1 quantity=16 channel=web location=DC2 placed_at=9`, Want: `
			balance A * committed=31 reserved=19 atp=-50 provisional=31
			balance A DC1 committed=2 atp=-2 provisional=2
			balance A DC2 committed=29 reserved=19 atp=-48 provisional=29
			reservation P1 A allotment location=DC2 channel=web quantity=20 consumed=1 open=19`},
		{Name: "one without a location is consumed by every line of the channel", Events: `
			ReservationPlaced erp t1 1 10 item=A reservation_id=P1 channel=bazaar quantity=20 kind=allotment
			OrderPlaced store t2 1 11 item=A order_id=O1 line_id=1 quantity=1 channel=bazaar location=DC2
			OrderPlaced store t3 2 10 item=A order_id=O2 line_id=1 quantity=2 channel=bazaar`, Want: `
			reservation P1 A allotment channel=bazaar quantity=20 consumed=3 open=17`},
		{Name: "of a channel's allotments at one location the highest counts, from its first placement on", Events: `
			ReservationPlaced erp t1 1 10 item=A reservation_id=P1 channel=web location=DC1 quantity=20 kind=allotment
			ReservationPlaced erp t2 2 20 item=A reservation_id=P2 channel=web quantity=30 kind=allotment
			OrderPlaced store t3 1 15 item=A order_id=O1 line_id=1 quantity=1 channel=web
			ReservationReleased erp t4 3 21 item=A reservation_id=P1`, Want: `
			balance A * committed=1 reserved=29 atp=-30 provisional=1
			balance A DC1 committed=1 reserved=29 atp=-30 provisional=1
			reservation P2 A allotment location=DC1 channel=web quantity=30 consumed=1 open=29
			event erp t1 A #1 superseded
			event erp t4 A #3 superseded`},
	}
}
