package model

func sequenceScenarios() []Scenario {
	return []Scenario{
		{Name: "a missing number of a contiguous source is a gap", Events: `
			SourceConfigured reference c10 10 1 name=wms-1 kind=wms contiguous=true
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t5 5 5 item=A location=DC1 quantity=4`, Want: `
			balance A * on_hand=7 atp=7 gap
			balance A DC1 on_hand=7 atp=7 gap
			hole wms-1 A 1-1
			hole wms-1 A 3-4`},
		{Name: "numbers begin with first_sequence", Events: `
			SourceConfigured reference c10 10 1 name=wms-1 kind=wms contiguous=true first_sequence=5
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t6 6 5 item=A location=DC1 quantity=4`, Want: `
			hole wms-1 A 5-5`},
		{Name: "a source that isn't contiguous has no holes", Events: `
			GoodsReceived wms-1 t6 6 5 item=A location=DC1 quantity=4`, Want: `
			balance A * on_hand=4 atp=4
			balance A DC1 on_hand=4 atp=4
			hole none`},
		{Name: "every event fills its number, whatever became of it", Events: `
			SourceConfigured reference c10 10 1 name=wms-1 kind=wms contiguous=true
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=-3
			GoodsReceived wms-1 t2 2 5 item=A location=DC2 quantity=3
			GoodsReceived wms-1 t3 3 5 item=A location=DC1 quantity=3 logged_at=40d
			GoodsReceived wms-1 t4 4 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t4 5 5 item=A location=DC1 quantity=3
			TransactionVoided wms-1 t6 6 5 item=A voids=t4
			GoodsReceived wms-1 t7 7 5 item=A location=DC9 quantity=3
			now 1d`, Want: `
			balance none
			hole none
			event wms-1 t2 A #2 refused not_owner
			event wms-1 t3 A #3 refused beyond_horizon
			event wms-1 t4 A #5 refused conflict
			event wms-1 t7 A #7 parked unknown_location`},
		{Name: "a waiver covers its range of its source and SKU alone", Events: `
			SourceConfigured reference c10 10 1 name=erp kind=erp contiguous=true
			OrderCancelled erp t1 6 5 item=A order_id=O1 line_id=1
			OrderCancelled erp t2 2 5 item=B order_id=O1 line_id=1
			GapWaived reference w1 1 6 name=erp item=A from=2 to=4
			GapWaived reference w2 2 6 name=wms-1 item=A from=1 to=9`, Want: `
			balance A * gap
			balance B * gap
			hole erp A 1-1
			hole erp A 2-4 waived
			hole erp A 5-5
			hole erp B 1-1`},
		{Name: "a hole of a WMS is covered once every location where the SKU moved is counted through it", Events: `
			SourceConfigured reference c10 10 1 name=wms-1 kind=wms contiguous=true
			LocationConfigured reference c11 11 1 location=DC3 owner=wms-1
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=3
			GoodsReceived wms-1 t3 3 5 item=A location=DC3 quantity=3
			StockCounted wms-1 t5 5 6 item=A location=DC1 quantity=9 through=5
			StockCounted wms-1 t6 6 6 item=A location=DC3 quantity=8 through=2`, Want: `
			balance A * on_hand=20 atp=20 gap
			balance A DC1 on_hand=9 atp=9 gap
			balance A DC3 on_hand=11 atp=11 gap
			hole wms-1 A 2-2 counted
			hole wms-1 A 4-4`},
		{Name: "the source's version in force at the clock reading says whether it is contiguous", Events: `
			SourceConfigured reference c10 10 1 name=wms-1 kind=wms contiguous=true
			SourceConfigured reference c11 11 9 name=wms-1 kind=wms
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=3
			now 8`, Want: `
			hole wms-1 A 1-1`},
	}
}

func quantityScenarios() []Scenario {
	return []Scenario{
		{Name: "quantities convert exactly", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=2.5:XCS
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=6:TRD
			GoodsReceived wms-1 t3 3 5 item=A location=DC1 quantity=1:TRD
			GoodsReceived wms-1 t4 4 5 item=A location=DC1 quantity=0.5
			GoodsReceived wms-1 t5 5 5 item=A location=DC1 quantity=4.0:EA`, Want: `
			balance A * on_hand=36 atp=36
			balance A DC1 on_hand=36 atp=36
			event wms-1 t3 A #3 refused fractional_quantity
			event wms-1 t4 A #4 refused fractional_quantity`},
		{Name: "ten to the twelfth is the most", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=1000000000000
			GoodsReceived wms-1 t2 2 5 item=A location=DC1 quantity=1000000000001
			GoodsReceived wms-1 t3 3 5 item=A location=DC1 quantity=9000000000000000000:XCS
			StockAdjusted wms-1 t4 4 5 item=A location=DC1 quantity=-1000000000001 reason=lost`, Want: `
			balance A * on_hand=1000000000000 atp=1000000000000
			balance A DC1 on_hand=1000000000000 atp=1000000000000
			event wms-1 t2 A #2 refused quantity_overflow
			event wms-1 t3 A #3 refused quantity_overflow
			event wms-1 t4 A #4 refused quantity_overflow`},
		{Name: "only an adjustment may be negative, and on_hand below zero stays", Events: `
			StockAdjusted wms-1 t1 1 5 item=A location=DC1 quantity=-4 reason=lost
			StockSold wms-1 t2 2 5 item=A location=DC1 quantity=-4`, Want: `
			balance A * on_hand=-4 atp=-4
			balance A DC1 on_hand=-4 atp=-4
			event wms-1 t2 A #2 refused invalid_quantity`},
		{Name: "a unit that the table lacks waits for the version that has it", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=2:XPX
			GoodsReceived wms-1 t2 2 7 item=A location=DC1 quantity=2:XPX
			ItemConfigured reference c10 10 6 item=A base_unit=EA units=XPX:100/1 logged_at=9`, Want: `
			balance A * on_hand=200 atp=200
			balance A DC1 on_hand=200 atp=200
			event wms-1 t1 A #1 parked unknown_unit
			event wms-1 t2 A #2 counts`},
		{Name: "the base unit never changes", Events: `
			ItemConfigured reference c10 10 1 item=A base_unit=KGM units=XCS:50/1
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=2:XCS`, Want: `
			balance A * on_hand=24 atp=24
			balance A DC1 on_hand=24 atp=24
			event reference c10 A #10 refused base_unit`},
	}
}

func codeScenarios() []Scenario {
	return []Scenario{
		{Name: "aliases of a source, of all, and of a scanned case", Events: `
			ItemConfigured reference c10 10 0 item=C base_unit=EA units=XCS:12/1 aliases=*|gtin:4006381333931|XCS,wms-1|c-1
			GoodsReceived wms-1 t1 1 5 item=c-1 location=DC1 quantity=1
			GoodsReceived wms-1 t2 2 5 item=gtin:04006381333931 location=DC1 quantity=1
			GoodsReceived wms-1 t3 3 5 item=gtin:4006381333931 location=DC1 quantity=3:EA
			GoodsReceived wms-2 t4 4 5 item=c-1 location=DC2 quantity=1
			GoodsReceived wms-1 t5 5 5 item=gtin:4006381333932 location=DC1 quantity=1`, Want: `
			balance C * on_hand=16 atp=16
			balance C DC1 on_hand=16 atp=16
			event wms-2 t4 - #4 parked unknown_item
			event wms-1 t5 - #5 refused invalid_code`},
		{Name: "a code that is a SKU is that SKU", Events: `
			ItemConfigured reference c10 10 0 item=C base_unit=EA aliases=*|A
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=1`, Want: `
			balance A * on_hand=1 atp=1
			balance A DC1 on_hand=1 atp=1`},
		{Name: "an alias moves with the later version in force", Events: `
			ItemConfigured reference c10 10 0 item=C base_unit=EA aliases=*|x
			ItemConfigured reference c11 11 6 item=D base_unit=EA aliases=*|x
			GoodsReceived wms-1 t1 1 5 item=x location=DC1 quantity=1
			GoodsReceived wms-1 t2 2 6 item=x location=DC1 quantity=2`, Want: `
			balance C * on_hand=1 atp=1
			balance C DC1 on_hand=1 atp=1
			balance D * on_hand=2 atp=2
			balance D DC1 on_hand=2 atp=2`},
		{Name: "an alias that the version in force has dropped is no claim", Events: `
			ItemConfigured reference c10 10 0 item=C base_unit=EA aliases=*|x
			ItemConfigured reference c11 11 6 item=C base_unit=EA
			GoodsReceived wms-1 t1 1 6 item=x location=DC1 quantity=1`, Want: `
			event wms-1 t1 - #1 parked unknown_item`},
		{Name: "before its first version an item is known by that one", Events: `
			ItemConfigured reference c10 10 9 item=C base_unit=EA aliases=*|x
			GoodsReceived wms-1 t1 1 5 item=x location=DC1 quantity=1`, Want: `
			balance C * on_hand=1 atp=1
			balance C DC1 on_hand=1 atp=1`},
		{Name: "a location by its GLN and by its source's code", Events: `
			LocationConfigured reference c10 10 0 location=DC3 owner=wms-1 aliases=*|gln:4012345000009,wms-1|dock
			GoodsReceived wms-1 t1 1 5 item=A location=gln:4012345000009 quantity=1
			GoodsReceived wms-1 t2 2 5 item=A location=dock quantity=2
			GoodsReceived wms-2 t3 3 5 item=A location=dock quantity=4
			GoodsReceived wms-1 t4 4 5 item=A location=gln:4012345000008 quantity=8`, Want: `
			balance A * on_hand=3 atp=3
			balance A DC3 on_hand=3 atp=3
			event wms-2 t3 A #3 parked unknown_location
			event wms-1 t4 A #4 refused invalid_code`},
	}
}

func referenceScenarios() []Scenario {
	return []Scenario{
		{Name: "a late version judges again what it touches", Events: `
			ItemConfigured reference c10 10 5 item=A base_unit=EA units=XCS:10/1 logged_at=20d
			GoodsReceived wms-1 t1 1 4 item=A location=DC1 quantity=1:XCS
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=1:XCS`, Want: `
			balance A * on_hand=22 atp=22
			balance A DC1 on_hand=22 atp=22`},
		{Name: "a version touches nothing more than a horizon before it was logged", Events: `
			ItemConfigured reference c10 10 5 item=A base_unit=EA units=XCS:10/1 logged_at=30d+7
			GoodsReceived wms-1 t1 1 6 item=A location=DC1 quantity=1:XCS
			GoodsReceived wms-1 t2 2 7 item=A location=DC1 quantity=1:XCS`, Want: `
			balance A * on_hand=22 atp=22
			balance A DC1 on_hand=22 atp=22`},
		{Name: "of two versions from one instant the higher sequence is in force", Events: `
			ItemConfigured reference c10 10 5 item=A base_unit=EA units=XCS:10/1
			ItemConfigured reference c11 11 5 item=A base_unit=EA units=XCS:11/1
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=1:XCS`, Want: `
			balance A * on_hand=11 atp=11
			balance A DC1 on_hand=11 atp=11`},
		{Name: "what isn't known yet waits, each for its own reason", Events: `
			GoodsReceived wms-1 t1 1 5 item=unheard-of location=DC1 quantity=1
			GoodsReceived wms-1 t2 2 5 item=A location=DC9 quantity=1
			GoodsReceived stranger t3 3 5 item=A location=DC1 quantity=1`, Want: `
			balance none
			event wms-1 t1 - #1 parked unknown_item
			event wms-1 t2 A #2 parked unknown_location
			event stranger t3 A #3 parked unknown_source`},
		{Name: "what waits past the horizon is refused with its reason", Events: `
			GoodsReceived wms-1 t1 1 5 item=A location=DC9 quantity=1
			GoodsReceived wms-1 t2 2 6 item=A location=DC9 quantity=1
			now 30d+6`, Want: `
			event wms-1 t1 A #1 refused unknown_location
			event wms-1 t2 A #2 parked unknown_location`},
		{Name: "who doesn't own the location moves nothing", Events: `
			GoodsReceived wms-2 t1 1 5 item=A location=DC1 quantity=1
			GoodsReceived erp t2 2 5 item=A location=DC1 quantity=1
			OrderCommitted store t3 3 5 item=A order_id=O1 line_id=1 quantity=1
			OrderPlaced erp t4 4 5 item=A order_id=O1 line_id=1 quantity=1`, Want: `
			balance none
			event wms-2 t1 A #1 refused not_owner
			event erp t2 A #2 refused not_owner
			event store t3 A #3 refused not_owner
			event erp t4 A #4 refused not_owner`},
		{Name: "the owner is the one at the event's time", Events: `
			LocationConfigured reference c10 10 6 location=DC1 owner=wms-2
			GoodsReceived wms-1 t1 1 5 item=A location=DC1 quantity=1
			GoodsReceived wms-1 t2 2 6 item=A location=DC1 quantity=2
			GoodsReceived wms-2 t3 3 6 item=A location=DC1 quantity=4`, Want: `
			balance A * on_hand=5 atp=5
			balance A DC1 on_hand=5 atp=5
			event wms-1 t2 A #2 refused not_owner`},
		{Name: "reference data have no horizon, and compete like all else", Events: `
			ItemConfigured reference c10 10 5 item=C base_unit=EA logged_at=50d
			ItemConfigured reference c10 11 5 item=C base_unit=KGM logged_at=50d
			GoodsReceived wms-1 t1 1 45d item=C location=DC1 quantity=1`, Want: `
			balance C * on_hand=1 atp=1
			balance C DC1 on_hand=1 atp=1
			event reference c10 C #10 counts
			event reference c10 C #11 refused conflict`},
	}
}
