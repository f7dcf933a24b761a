package schema_test

import (
	"errors"
	"fmt"
	"strings"

	"driftless/schema"
)

func ExampleParseEvent() {
	line := `{"type":"GoodsReceived","source":"wms-1","transaction_id":"grn-17-1","sequence":42,
		"occurred_at":"2026-11-02T08:30:00Z","item":"gtin:4006381333931","quantity":"2.5 XCS","location":"DC1"}`
	event, _, err := schema.ParseEvent([]byte(line))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Type, event.Quantity, event.Validate(schema.Limits{}))
	// Output: GoodsReceived {25 1 XCS} <nil>
}

func ExampleFieldError() {
	event := &schema.Event{Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "t", Sequence: 1, OccurredAt: 1,
		Item: "gtin:4006381333932", HasQuantity: true, Quantity: schema.Quantity{Value: 1}, Location: "DC1"}
	var refused *schema.FieldError
	if errors.As(event.Validate(schema.Limits{}), &refused) {
		fmt.Println(refused.Reason)
		fmt.Println(refused)
	}
	// Output:
	// invalid_code
	// item: "gtin:4006381333932" has a wrong check digit; correct the code at its source, or name the item or location by its own name
}

func ExampleConvert() {
	quantity := schema.Quantity{Value: 25, Scale: 1, Unit: "XCS"}
	fmt.Println(schema.Convert(quantity, schema.UnitRatio{Unit: "XCS", Numerator: 12, Denominator: 1}))
	_, err := schema.Convert(quantity, schema.UnitRatio{Unit: "XCS", Numerator: 3, Denominator: 1})
	fmt.Println(err)
	// Output:
	// 30 <nil>
	// quantity isn't a whole number of base units: correct the quantity or the item's unit table
}

func ExampleReadCSV() {
	file := "type,source,transaction_id,sequence,occurred_at,item,quantity,location\n" +
		"StockSold,till-3,r-1,7,2026-11-02T08:30:00Z,SKU-1,2,SHOP\n" +
		"StockSold,till-3,r-2,8,2026-11-02T08:31:00Z,SKU-1,two,SHOP\n"
	for line, err := range schema.ReadCSV(strings.NewReader(file), "sales.csv") {
		switch {
		case err != nil:
			fmt.Println("the file:", err)
		case line.Err != nil:
			fmt.Println(line.Err)
		default:
			fmt.Println(line.Number, line.Event.TransactionID, line.Event.Quantity.Value)
		}
	}
	// Output:
	// 2 r-1 2
	// sales.csv:3: quantity: "two" isn't a decimal number and a unit, such as "2.5 XCS"
}

func ExampleDecoder_Decode() {
	sent := &schema.Event{Type: schema.StockSold, Source: "till-3", Item: "SKU-1", HasQuantity: true, Quantity: schema.Quantity{Value: 2}}
	value := schema.EncodeEvent(nil, sent)
	var event schema.Event
	if err := schema.NewDecoder(nil).Decode(value, &event); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%x %s\n", value[:2], schema.AppendJSON(nil, &event))
	// Output: c301 {"type":"StockSold","source":"till-3","sequence":0,"item":"SKU-1","quantity":{"scale":0,"value":2}}
}
