package model

func horizonScenarios() []Scenario {
	return []Scenario{
		{Name: "a delivery exactly a horizon old counts, a millisecond more is too old", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3 logged_at=30d+5
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=4 logged_at=30d+6`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t1 A #1 counts
			event wms-1 t2 A #2 refused beyond_horizon`},
		{Name: "an old copy is refused for itself alone", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3 again=31d`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t1 A #1 counts`},
		{Name: "more than a day in the future is invalid", Events: `
			GoodsReceived wms-1 t1 1 2d item=A location=DC1 quantity=3 logged_at=1d
			GoodsReceived wms-1 t2 2 2d+1 item=A location=DC1 quantity=4 logged_at=1d`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t2 A #2 refused invalid_event`},
		{Name: "a count that leaves out a folded movement is beyond the horizon", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=4
			StockCounted wms-1 t3 3 30d item=A location=DC1 quantity=9 through=1 logged_at=30d+7`, Want: `
			balance A * on_hand=7 atp=7
			balance A DC1 on_hand=7 atp=7
			event wms-1 t3 A #3 refused beyond_horizon`},
		{Name: "a count through the folded movement counts", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=4
			StockCounted wms-1 t3 3 30d item=A location=DC1 quantity=9 through=2 logged_at=30d+7`, Want: `
			balance A * on_hand=9 atp=9
			balance A DC1 on_hand=9 atp=9
			event wms-1 t2 A #2 absorbed
			event wms-1 t3 A #3 counts`},
		{Name: "what is left out but not folded yet doesn't bar a count", Events: `
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=4
			StockCounted wms-1 t3 3 30d item=A location=DC1 quantity=9 through=1 logged_at=30d+6`, Want: `
			balance A * on_hand=13 atp=13
			balance A DC1 on_hand=13 atp=13`},
		{Name: "a void of a folded transaction is beyond the horizon", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=4
			TransactionVoided wms-1 t3 3 30d item=A voids=t1 voids_occurred_at=5 logged_at=30d+6
			TransactionVoided wms-1 t4 4 30d item=A voids=t2 voids_occurred_at=6 logged_at=30d+6`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t2 A #2 voided
			event wms-1 t3 A #3 refused beyond_horizon
			event wms-1 t4 A #4 counts`},
	}
}

func identityScenarios() []Scenario {
	return []Scenario{
		{Name: "the same content again counts once", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3 again=10,20`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t1 A #1 counts`},
		{Name: "one transaction id of two SKUs or two sources is no conflict", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t1 1 5 item=B location=DC1 quantity=4
			GoodsReceived wms-2 t1 1 5 item=A location=DC2 quantity=5`, Want: `
			balance A * on_hand=8 atp=8
			balance A DC1 on_hand=3 atp=3
			balance A DC2 on_hand=5 atp=5
			balance B * on_hand=4 atp=4
			balance B DC1 on_hand=4 atp=4`},
		{Name: "of two contents the lowest sequence counts, even when it comes second", Events: `
			GoodsReceived wms-1 t1 2 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t1 1 6 item=A location=DC1 quantity=4`, Want: `
			balance A * on_hand=4 atp=4
			balance A DC1 on_hand=4 atp=4
			event wms-1 t1 A #1 counts
			event wms-1 t1 A #2 refused conflict`},
		{Name: "a content of invalid form doesn't compete", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=-3
			GoodsReceived wms-1 t1 2 6 item=A location=DC1 quantity=4`, Want: `
			balance A * on_hand=4 atp=4
			balance A DC1 on_hand=4 atp=4
			event wms-1 t1 A #1 refused invalid_quantity
			event wms-1 t1 A #2 counts`},
		{Name: "a content refused later on does compete", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC2 quantity=3
			GoodsReceived wms-1 t1 2 6 item=A location=DC1 quantity=4`, Want: `
			balance none
			event wms-1 t1 A #1 refused not_owner
			event wms-1 t1 A #2 refused conflict`},
		{Name: "mended content takes the place of what it mends", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC2 quantity=3
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3 mends=^10`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3
			event wms-1 t1 A #1 voided
			event wms-1 t1 A #1 counts`},
		{Name: "a displaced content stays a conflict when its id is voided", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t1 2 5 item=A location=DC1 quantity=4
			TransactionVoided wms-1 t2 3 6 item=A voids=t1`, Want: `
			balance none
			event wms-1 t1 A #1 voided
			event wms-1 t1 A #2 refused conflict`},
		{Name: "what a conflict displaces comes back with its mending", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t1 2 5 item=A location=DC1 quantity=4
			GoodsReceived wms-1 t1 3 5 item=A location=DC1 quantity=5 mends=^10`, Want: `
			balance A * on_hand=4 atp=4
			balance A DC1 on_hand=4 atp=4
			event wms-1 t1 A #1 voided
			event wms-1 t1 A #2 counts
			event wms-1 t1 A #3 refused conflict`},
	}
}

func voidScenarios() []Scenario {
	return []Scenario{
		{Name: "a void undoes its source's transaction, also when it comes first", Events: `
			TransactionVoided wms-1 t2 1 4 item=A voids=t1
			GoodsReceived wms-1 t1 2 5 item=A location=DC1 quantity=3
			GoodsReceived wms-2 t1 1 5 item=A location=DC2 quantity=4`, Want: `
			balance A * on_hand=4 atp=4
			balance A DC2 on_hand=4 atp=4
			event wms-1 t1 A #2 voided
			event wms-1 t2 A #1 counts
			event wms-2 t1 A #1 counts`},
		{Name: "a void names one SKU", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t1 1 5 item=B location=DC1 quantity=4
			TransactionVoided wms-1 t2 2 6 item=B voids=t1`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC1 on_hand=3 atp=3`},
		{Name: "what a voided count had beaten and absorbed comes back", Events: `
			GoodsReceived wms-1 t1 1 1 item=A location=DC1 quantity=3
			StockCounted wms-1 t2 2 2 item=A location=DC1 quantity=10 through=0
			GoodsReceived wms-1 t3 3 3 item=A location=DC1 quantity=5
			StockCounted wms-1 t4 4 4 item=A location=DC1 quantity=20 through=4
			TransactionVoided wms-1 t5 5 5 item=A voids=t4`, Want: `
			balance A * on_hand=18 atp=18
			balance A DC1 on_hand=18 atp=18
			event wms-1 t2 A #2 counts
			event wms-1 t4 A #4 voided`},
		{Name: "a void can't be voided", Events: `
			GoodsReceived wms-1 t1 1 1 item=A location=DC1 quantity=3
			TransactionVoided wms-1 t2 2 2 item=A voids=t1
			TransactionVoided wms-1 t3 3 3 item=A voids=t2`, Want: `
			balance none
			event wms-1 t1 A #1 voided
			event wms-1 t2 A #2 counts
			event wms-1 t3 A #3 counts`},
		{Name: "a void of an unknown source waits", Events: `
			TransactionVoided stranger t2 2 2 item=A voids=t1`, Want: `
			event stranger t2 A #2 parked unknown_source`},
		{Name: "a voided report brings back the one it beat", Events: `
			OrderPlaced store t1 1 1 item=A order_id=O1 line_id=1 quantity=3 location=DC1
			OrderPlaced store t2 2 2 item=A order_id=O1 line_id=1 quantity=5 location=DC1
			TransactionVoided store t3 3 3 item=A voids=t2`, Want: `
			balance A * committed=3 atp=-3 provisional=3
			balance A DC1 committed=3 atp=-3 provisional=3
			event store t1 A #1 counts
			event store t2 A #2 voided`},
	}
}
