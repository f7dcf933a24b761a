package httpserver

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"driftless/cmd/driftless/lookup"
	"driftless/cmd/driftless/yamltree"
)

func document(t *testing.T) *yamltree.Node {
	t.Helper()
	tree, err := yamltree.Parse(Document)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func names(node *yamltree.Node) []string {
	var all []string
	for _, field := range node.Fields {
		all = append(all, field.Name)
	}
	return all
}

func TestDocumentHasTheRoutesAndNoOthers(t *testing.T) {
	paths := document(t).Get("paths")
	var routes []string
	for _, route := range New(newTestEngine(), Options{}).Routes() {
		routes = append(routes, route.Path)
		operations := paths.Get(route.Path)
		if operations == nil {
			t.Errorf("%s isn't documented", route.Path)
			continue
		}
		if got := names(operations); !slices.Equal(got, []string{"get"}) {
			t.Errorf("%s documents %v", route.Path, got)
			continue
		}
		if open := operations.Get("get").Get("security") != nil; open != route.Open {
			t.Errorf("%s: open without a token is %v in the document, %v in the service", route.Path, open, route.Open)
		}
	}
	if got := names(paths); !slices.Equal(got, routes) {
		t.Errorf("the document has %v, the service %v", got, routes)
	}
}

// TestDocumentHasTheStatuses asks each route for everything that it can answer,
// and compares the statuses with the documented ones, both ways.
func TestDocumentHasTheStatuses(t *testing.T) {
	seen := map[string][]string{}
	note := func(route string, response *http.Response) {
		status := strconv.Itoa(response.StatusCode)
		if !slices.Contains(seen[route], status) {
			seen[route] = append(seen[route], status)
		}
	}
	metrics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	engine := newTestEngine()
	_, server := start(t, engine, Options{Token: "t", Metrics: metrics, Pprof: true})
	requests := map[string][]string{
		"/v1/atp/{sku}":          {"/v1/atp/A", "/v1/atp/missing", "/v1/atp/moving", "/v1/atp/broken", "/v1/atp/elsewhere"},
		"/v1/atp/{sku}/explain":  {"/v1/atp/A/explain", "/v1/atp/missing/explain", "/v1/atp/moving/explain", "/v1/atp/broken/explain", "/v1/atp/elsewhere/explain"},
		"/v1/atp":                {"/v1/atp?sku=moving", "/v1/atp?sku=broken", "/v1/atp?sku=elsewhere", "/v1/atp?sku=A&sku=elsewhere", "/v1/atp?" + strings.Repeat("sku=A&", 300)},
		"/healthz":               {"/healthz"},
		"/readyz":                {"/readyz"},
		"/metrics":               {"/metrics"},
		"/openapi.yaml":          {"/openapi.yaml"},
		"/debug/pprof/{profile}": {"/debug/pprof/goroutine", "/debug/pprof/nonsense"},
	}
	for route, paths := range requests {
		for _, path := range paths {
			for _, token := range []string{"", "t"} {
				response, _ := get(t, server.URL+path, token)
				note(route, response)
			}
		}
	}
	engine.broken, engine.readiness = http.ErrAbortHandler, lookup.Readiness{}
	for _, route := range []string{"/healthz", "/readyz"} {
		response, _ := get(t, server.URL+route, "")
		note(route, response)
	}
	seen["/v1/atp"] = append(seen["/v1/atp"], "200") // TestStreamBeginsWithWhatHoldsAndGoesOn
	for _, path := range document(t).Get("paths").Fields {
		documented := names(path.Value.Get("get").Get("responses"))
		slices.Sort(seen[path.Name])
		if !slices.Equal(documented, seen[path.Name]) {
			t.Errorf("%s documents %v and answers %v", path.Name, documented, seen[path.Name])
		}
	}
}

func TestDocumentHasTheShapes(t *testing.T) {
	schemas := document(t).Get("components").Get("schemas")
	types := map[string]any{
		"Problem": Problem{}, "Health": Health{}, "Readiness": lookup.Readiness{}, "Shard": lookup.Shard{},
		"Balances": Balances{}, "Balance": lookup.Balance{}, "Figures": lookup.Figures{},
		"Explanation": lookup.Explanation{}, "Entry": lookup.Entry{},
	}
	if len(schemas.Fields) != len(types) {
		t.Errorf("the document has the schemas %v", names(schemas))
	}
	for name, value := range types {
		var fields []string
		shape := reflect.TypeOf(value)
		for i := range shape.NumField() {
			fields = append(fields, shape.Field(i).Tag.Get("json"))
		}
		schema := schemas.Get(name)
		if schema == nil {
			t.Errorf("%s isn't documented", name)
			continue
		}
		var required []string
		for _, item := range schema.Get("required").Items {
			required = append(required, item.Text)
		}
		properties := names(schema.Get("properties"))
		for _, list := range [][]string{fields, required, properties} {
			slices.Sort(list)
		}
		if !slices.Equal(fields, properties) || !slices.Equal(fields, required) {
			t.Errorf("%s has\n%v\ndocumented\n%v\nrequired\n%v", name, fields, properties, required)
		}
	}
}

func TestDocumentRefersOnlyToWhatItHas(t *testing.T) {
	tree := document(t)
	var walk func(node *yamltree.Node)
	walk = func(node *yamltree.Node) {
		for _, item := range node.Items {
			walk(item)
		}
		for _, field := range node.Fields {
			if field.Name == "$ref" {
				target := tree
				for _, step := range strings.Split(strings.TrimPrefix(field.Value.Text, "#/"), "/") {
					if target = target.Get(step); target == nil {
						t.Errorf("line %d: %s leads nowhere", field.Line, field.Value.Text)
						break
					}
				}
			}
			walk(field.Value)
		}
	}
	walk(tree)
}
