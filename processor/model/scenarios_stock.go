package model

func stockScenarios() []Scenario {
	return []Scenario{
		{Name: "every delta moves by its own sign", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=100
			StockAdjusted wms-1 t2 2 5 item=A location=DC1 quantity=-7 reason=damage
			StockSold wms-1 t3 3 5 item=A location=DC1 quantity=5
			TransferShipped wms-1 t4 4 5 item=A location=DC1 quantity=20 transfer_id=X1
			TransferReceived wms-2 t5 1 6 item=A location=DC2 quantity=19 transfer_id=X1
			ReturnReceived wms-1 t6 5 7 item=A location=DC1 quantity=3 disposition=sellable
			ReturnReceived wms-1 t7 6 7 item=A location=DC1 quantity=50 disposition=inspect
			OrderShipped wms-1 t8 7 8 item=A location=DC1 quantity=1 order_id=O1 line_id=1`, Want: `
			balance A * on_hand=89 atp=89
			balance A DC1 on_hand=70 atp=70
			balance A DC2 on_hand=19 atp=19
			event wms-1 t7 A #6 counts`},
		{Name: "a count sets on_hand through its sequence", Events: `
			GoodsReceived wms-1 t1 1 1 item=A location=DC1 quantity=3
			StockCounted wms-1 t3 4 5 item=A location=DC1 quantity=10 through=2
			GoodsReceived wms-1 t2 2 9 item=A location=DC1 quantity=4
			GoodsReceived wms-1 t4 3 1 item=A location=DC1 quantity=5`, Want: `
			balance A * on_hand=15 atp=15
			balance A DC1 on_hand=15 atp=15
			event wms-1 t1 A #1 absorbed
			event wms-1 t2 A #2 absorbed
			event wms-1 t3 A #4 counts
			event wms-1 t4 A #3 counts`},
		{Name: "the count with the highest through wins, ties by sequence", Events: `
			StockCounted wms-1 t1 5 1 item=A location=DC1 quantity=10 through=3
			StockCounted wms-1 t2 6 2 item=A location=DC1 quantity=20 through=2
			StockCounted wms-1 t3 4 3 item=A location=DC1 quantity=30 through=3`, Want: `
			balance A * on_hand=10 atp=10
			balance A DC1 on_hand=10 atp=10
			event wms-1 t1 A #5 counts
			event wms-1 t2 A #6 superseded
			event wms-1 t3 A #4 superseded`},
		{Name: "a through above the own sequence is invalid", Events: `
			StockCounted wms-1 t1 5 1 item=A location=DC1 quantity=10 through=6`, Want: `
			balance none
			event wms-1 t1 A #5 refused invalid_event`},
		{Name: "a count is of one location", Events: `
			LocationConfigured reference c10 10 0 location=DC3 owner=wms-1
			GoodsReceived wms-1 t1 1 1 item=A location=DC3 quantity=3
			StockCounted wms-1 t2 2 2 item=A location=DC1 quantity=10 through=2`, Want: `
			balance A * on_hand=13 atp=13
			balance A DC1 on_hand=10 atp=10
			balance A DC3 on_hand=3 atp=3`},
		{Name: "a count of a later owner contains all that was before, and sequences aren't compared", Events: `
			LocationConfigured reference c10 10 10 location=DC1 owner=wms-2
			StockCounted wms-1 t1 100 1 item=A location=DC1 quantity=50 through=100
			GoodsReceived wms-1 t2 101 2 item=A location=DC1 quantity=3
			StockCounted wms-2 t3 5 11 item=A location=DC1 quantity=20 through=4
			GoodsReceived wms-2 t4 6 12 item=A location=DC1 quantity=1
			GoodsReceived wms-2 t5 4 12 item=A location=DC1 quantity=2`, Want: `
			balance A * on_hand=21 atp=21
			balance A DC1 on_hand=21 atp=21
			event wms-1 t1 A #100 absorbed
			event wms-1 t2 A #101 absorbed
			event wms-2 t3 A #5 counts
			event wms-2 t4 A #6 counts
			event wms-2 t5 A #4 absorbed`},
		{Name: "an earlier owner's count stands until the later one counts", Events: `
			LocationConfigured reference c10 10 10 location=DC1 owner=wms-2
			StockCounted wms-1 t1 100 1 item=A location=DC1 quantity=50 through=100
			GoodsReceived wms-1 t2 99 2 item=A location=DC1 quantity=3
			GoodsReceived wms-2 t3 1 12 item=A location=DC1 quantity=1`, Want: `
			balance A * on_hand=51 atp=51
			balance A DC1 on_hand=51 atp=51
			event wms-1 t2 A #99 absorbed`},
		{Name: "a new version with the same owner begins no period", Events: `
			LocationConfigured reference c10 10 10 location=DC1 owner=wms-1
			StockCounted wms-1 t1 100 1 item=A location=DC1 quantity=50 through=100
			StockCounted wms-1 t2 90 11 item=A location=DC1 quantity=7 through=90`, Want: `
			balance A * on_hand=50 atp=50
			balance A DC1 on_hand=50 atp=50
			event wms-1 t2 A #90 superseded`},
		{Name: "an owner who comes back begins a new period", Events: `
			LocationConfigured reference c10 10 10 location=DC1 owner=wms-2
			LocationConfigured reference c11 11 20 location=DC1 owner=wms-1
			StockCounted wms-1 t1 100 1 item=A location=DC1 quantity=50 through=100
			StockCounted wms-1 t2 90 21 item=A location=DC1 quantity=7 through=90`, Want: `
			balance A * on_hand=7 atp=7
			balance A DC1 on_hand=7 atp=7
			event wms-1 t1 A #100 absorbed
			event wms-1 t2 A #90 counts`},
		{Name: "an absorbed shipment still ships its line", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=5 location=DC1
			OrderShipped wms-1 t2 1 2 item=A location=DC1 quantity=2 order_id=O1 line_id=1
			StockCounted wms-1 t3 2 3 item=A location=DC1 quantity=10 through=1`, Want: `
			balance A * on_hand=10 committed=3 atp=7
			balance A DC1 on_hand=10 committed=3 atp=7
			event wms-1 t2 A #1 absorbed`},
	}
}

func shipmentScenarios() []Scenario {
	return []Scenario{
		{Name: "shipments from every location ship the line, other systems' messages don't", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderShipped wms-1 t2 1 2 item=A location=DC1 quantity=2 order_id=O1 line_id=1
			OrderShipped wms-2 t3 1 2 item=A location=DC2 quantity=3 order_id=O1 line_id=1
			ShipmentPosted erp t4 2 3 item=A quantity=2 order_id=O1 line_id=1
			ShipmentConfirmed erp t5 3 3 item=A quantity=2 order_id=O1 line_id=1
			OrderFulfilled store t6 1 3 item=A quantity=2 order_id=O1 line_id=1`, Want: `
			balance A * on_hand=-5 committed=5 atp=-10
			balance A DC1 on_hand=-2 committed=5 atp=-7
			balance A DC2 on_hand=-3 atp=-3
			line O1 1 A ordered=10 shipped=5 committed=5 location=DC1 authoritative
			event erp t4 A #2 counts`},
		{Name: "a substitute moves its own stock and ships the line of what it stands for", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderShipped wms-1 t2 1 2 item=B location=DC1 quantity=4 order_id=O1 line_id=1 substitutes=A
			GoodsReceived wms-1 t2 1 2 item=A location=DC1 quantity=1`, Want: `
			balance A * on_hand=1 committed=6 atp=-5
			balance A DC1 on_hand=1 committed=6 atp=-5
			balance B * on_hand=-4 atp=-4
			balance B DC1 on_hand=-4 atp=-4
			line O1 1 A ordered=10 shipped=4 committed=6 location=DC1 authoritative`},
		{Name: "one void undoes both halves of a substitution", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=10 location=DC1
			OrderShipped wms-1 t2 1 2 item=B location=DC1 quantity=4 order_id=O1 line_id=1 substitutes=A
			TransactionVoided wms-1 t3 2 3 item=B voids=t2`, Want: `
			balance A * committed=10 atp=-10
			balance A DC1 committed=10 atp=-10`},
		{Name: "what is shipped beyond the order is kept and flagged, once a report is known", Events: `
			OrderCommitted erp t1 1 1 item=A order_id=O1 line_id=1 quantity=3 location=DC1
			OrderShipped wms-1 t2 1 2 item=A location=DC1 quantity=4 order_id=O1 line_id=1
			OrderShipped wms-1 t3 2 2 item=A location=DC1 quantity=1 order_id=O2 line_id=1`, Want: `
			balance A * on_hand=-5 atp=-5
			balance A DC1 on_hand=-5 atp=-5
			line O1 1 A ordered=3 shipped=4 location=DC1 authoritative over_shipped
			line O2 1 A shipped=1`},
	}
}

func eventScenarios() []Scenario {
	return []Scenario{
		{Name: "snapshots and hand-offs are checked and move nothing", Events: `
			SystemSnapshot wms-1 t1 1 1 item=A location=DC1 quantity=5 figure=on_hand as_of=1
			SystemSnapshot store t2 1 1 item=A location=DC9 quantity=5 figure=atp as_of=1
			SystemSnapshot store t3 2 1 item=A location=* quantity=5 figure=atp as_of=1
			OrderReleased erp t4 1 1 item=A order_id=O1 line_id=1
			OrderReleased wms-1 t5 2 1 item=A order_id=O1 line_id=1
			PickAccepted wms-1 t6 3 1 item=A order_id=O1 line_id=1 quantity=1:XPX
			GoodsReceiptPosted erp t7 2 1 item=A document=D1 quantity=0.5
			AdjustmentPosted erp t8 3 1 item=A document=D1`, Want: `
			balance none
			line none
			event wms-1 t1 A #1 counts
			event store t2 A #1 parked unknown_location
			event store t3 A #2 counts
			event erp t4 A #1 counts
			event wms-1 t5 A #2 refused not_owner
			event wms-1 t6 A #3 parked unknown_unit
			event erp t7 A #2 refused fractional_quantity
			event erp t8 A #3 counts`},
		{Name: "reference data come from their own source alone", Events: `
			LocationConfigured wms-2 t1 1 0 location=DC1 owner=wms-2
			GoodsReceived wms-1 t2 1 1 item=A location=DC1 quantity=1`, Want: `
			balance A * on_hand=1 atp=1
			balance A DC1 on_hand=1 atp=1
			event wms-2 t1 - #1 refused not_owner`},
	}
}
