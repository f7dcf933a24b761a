package processor_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// module is the root of the checkout, and of the names of its packages.
const (
	root   = ".."
	module = "driftless"
)

// listed is a package as `go list -json` tells of it.
type listed struct {
	ImportPath   string
	Standard     bool
	Imports      []string // of its product code
	Deps         []string // whatever that needs in turn
	TestImports  []string
	XTestImports []string
}

// own reports whether a path is one of ours.
func own(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// packages asks the go command for our packages and for what is standard.
func packages(t *testing.T) (ours []listed, standard map[string]bool) {
	t.Helper()
	command := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps,TestImports,XTestImports", "./...")
	command.Dir = root
	output, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	standard = map[string]bool{}
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if p.Standard {
			standard[p.ImportPath] = true
		}
		if own(p.ImportPath) {
			ours = append(ours, p)
		}
	}
	if len(ours) < 10 {
		t.Fatalf("go list found %d packages of ours", len(ours))
	}
	return ours, standard
}

// layer is one folder of the house with what it may import of the others. What
// lies below a folder belongs to it; a sibling is in nobody's list.
type layer struct {
	folder string
	may    []string
}

// layers are in the order of the longest prefix first, so that the first that
// fits a package is its own.
var layers = []layer{
	{"schema", nil},
	{"processor/rules", []string{"schema"}},
	{"processor/model/translate", []string{"schema", "processor/rules"}},
	{"processor/model", []string{"schema"}},
	{"processor/audit", []string{"schema", "processor/rules"}},
	{"processor", []string{"schema", "processor/rules"}},
	{"state", []string{"schema", "processor/rules"}},
	{"connectors/", []string{"schema", "processor/rules"}},
	{"cmd", []string{"schema", "processor/rules", "processor/audit", "processor", "state", "connectors/"}},
}

// layerOf finds the layer of a package, by its path below the module.
func layerOf(path string) (layer, bool) {
	for _, l := range layers {
		if path == l.folder || strings.HasPrefix(path, strings.TrimSuffix(l.folder, "/")+"/") {
			return l, true
		}
	}
	return layer{}, false
}

// unit is what counts as one package of the house: a connector is a folder of
// its own, the others are their layer.
func unit(path string) string {
	l, known := layerOf(path)
	if known && l.folder == "connectors/" {
		parts := strings.SplitN(path, "/", 3)
		return strings.Join(parts[:min(2, len(parts))], "/")
	}
	return l.folder
}

// testBroker is a package that tests alone import.
const testBroker = "cmd/driftless/testbroker"

// mayImport reports whether product code of one of our packages may import another.
func mayImport(from, to string) bool {
	l, known := layerOf(from)
	target, found := layerOf(to)
	switch {
	case !known || !found:
		return false
	case target.folder == "processor/model":
		return strings.HasPrefix(l.folder, "processor/model") // it checks the engine, and never helps it
	case to == testBroker:
		return false
	case to == "connectors/kafka/apache":
		return slices.Contains([]string{"cmd/kafka", "cmd/driftless/bench/versus", testBroker}, from) // it is there for tests and trials
	case unit(from) == unit(to):
		return true
	default:
		return slices.Contains(l.may, target.folder)
	}
}

// TestImportsPointOneWay: schema, then the rules, then the siblings, then the
// commands.
func TestImportsPointOneWay(t *testing.T) {
	ours, _ := packages(t)
	for _, p := range ours {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		if _, known := layerOf(from); !known {
			t.Errorf("%s is in no layer of the house: give it one", from)
		}
		for _, imported := range p.Imports {
			if to := strings.TrimPrefix(imported, module+"/"); own(imported) && !mayImport(from, to) {
				t.Errorf("%s may not import %s", from, to)
			}
		}
	}
}

// TestTheProofNamesTestsThatThereAre: "TestDamage…" stands for several.
func TestTheProofNamesTestsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("PROOF.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests []string
	eachFile(t, func(_ string, file *ast.File, _ func(ast.Node) string) {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && strings.HasPrefix(function.Name.Name, "Test") {
				tests = append(tests, function.Name.Name)
			}
		}
	})
	named := regexp.MustCompile("`(Test[A-Za-z]+)(…?)`").FindAllStringSubmatch(string(text), -1)
	if len(named) < 20 {
		t.Fatalf("the proof names %d tests", len(named))
	}
	for _, name := range named {
		if !slices.ContainsFunc(tests, func(test string) bool {
			return test == name[1] || name[2] != "" && strings.HasPrefix(test, name[1])
		}) {
			t.Errorf("there is no %s", name[0])
		}
	}
}

// TestTheRulesOfTheHouse holds the rules above to cases that nobody wants.
func TestTheRulesOfTheHouse(t *testing.T) {
	for _, c := range []struct {
		from, to string
		may      bool
	}{
		{"schema", "processor/rules", false},
		{"processor/rules", "schema", true},
		{"processor/rules", "processor", false},
		{"processor", "processor/rules", true},
		{"processor", "processor/model", false},
		{"processor", "processor/model/translate", false},
		{"processor/model/translate", "processor/model", true},
		{"processor/model", "processor/model/translate", false},
		{"processor", "state", false},
		{"processor", "connectors/kafka", false},
		{"state", "processor", false},
		{"connectors/kafka", "connectors/memory", false},
		{"connectors/memory", "processor", false},
		{"cmd/driftless", "connectors/kafka", true},
		{"cmd/driftless/replay", "processor/model", false},
		{"cmd/driftless/replay", "cmd/driftless/engine", true},
		{"cmd/kafka", "connectors/kafka/apache", true},
		{"cmd/driftless/bench/versus", "connectors/kafka/apache", true},
		{"cmd/driftless", "connectors/kafka/apache", false},
		{"cmd/driftless/testbroker", "connectors/kafka/apache", true},
		{"cmd/driftless", "cmd/driftless/testbroker", false},
		{"cmd/driftless/bench", "connectors/kafka/apache", false},
		{"connectors/kafka", "connectors/kafka/apache", false},
		{"state", "common", false},
	} {
		if mayImport(c.from, c.to) != c.may {
			t.Errorf("%s to %s: want %v", c.from, c.to, c.may)
		}
	}
}

// impure is what the rules have no business with: whoever needs one of these
// waits, looks at a clock or at the world.
var impure = []string{"context", "log", "net", "os", "sync", "time", "math/rand"}

// TestTheRulesArePure: they import the schema and the standard library, and of
// that nothing that makes a decision depend on when or where it is made.
func TestTheRulesArePure(t *testing.T) {
	ours, standard := packages(t)
	for _, p := range ours {
		if p.ImportPath != module+"/processor/rules" {
			continue
		}
		for _, imported := range p.Imports {
			if imported != module+"/schema" && !standard[imported] {
				t.Errorf("the rules import %s", imported)
			}
			for _, not := range impure {
				if imported == not || strings.HasPrefix(imported, not+"/") {
					t.Errorf("the rules import %s", imported)
				}
			}
		}
	}
}

// owned are libraries that one folder alone may import, in its tests too.
var owned = map[string]string{
	"github.com/twmb/franz-go/":    "connectors/kafka",
	"github.com/cockroachdb/":      "state",
	"github.com/linkedin/goavro/":  "schema",
	"github.com/twmb/avro":         "schema",
	"github.com/spf13/":            "cmd",
	"github.com/goccy/go-yaml/":    "cmd",
	"github.com/prometheus/client": "connectors/kafka cmd",
}

// inTests may be imported by any test: what reads our records as anybody would, the
// registry's double, and the client, for what a producer of somebody else's does.
var inTests = []string{"github.com/linkedin/goavro/", "github.com/twmb/avro", "github.com/twmb/franz-go/pkg/sr/srfake", "github.com/twmb/franz-go/pkg/kgo"}

// TestEachLibraryHasOneHome: what a library can do to us is then found in one folder.
func TestEachLibraryHasOneHome(t *testing.T) {
	ours, _ := packages(t)
	for _, p := range ours {
		for _, imported := range p.Imports {
			checkHome(t, p.ImportPath, imported)
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !slices.ContainsFunc(inTests, func(prefix string) bool { return strings.HasPrefix(imported, prefix) }) {
				checkHome(t, p.ImportPath, imported)
			}
		}
	}
}

func checkHome(t *testing.T, importer, imported string) {
	t.Helper()
	for library, homes := range owned {
		if !strings.HasPrefix(imported, library) {
			continue
		}
		at := slices.ContainsFunc(strings.Fields(homes), func(home string) bool {
			return importer == module+"/"+home || strings.HasPrefix(importer, module+"/"+home+"/")
		})
		if !at {
			t.Errorf("%s imports %s, which belongs to %s", importer, imported, homes)
		}
	}
}

// goroutines are where `go` statements may stand, and nowhere else in product
// code: each of these owners waits for what it starts.
var goroutines = []string{"processor/membership.go", "processor/worker.go", "connectors/", "cmd/"}

// TestGoroutinesHaveOwners also finds what starts one by another name.
func TestGoroutinesHaveOwners(t *testing.T) {
	eachFile(t, func(path string, file *ast.File, at func(ast.Node) string) {
		if strings.HasSuffix(path, "_test.go") || slices.ContainsFunc(goroutines, func(p string) bool { return strings.HasPrefix(path, p) }) {
			return
		}
		for _, start := range starts(file) {
			t.Errorf("%s: a goroutine outside of processor's loop, connectors and cmd", at(start))
		}
	})
}

// TestNobodySleeps: a test waits on the condition or on fake time; a product
// that sleeps can't be told to stop.
func TestNobodySleeps(t *testing.T) {
	eachFile(t, func(_ string, file *ast.File, at func(ast.Node) string) {
		for _, call := range calls(file, func(name string) bool { return name == "time.Sleep" }) {
			t.Errorf("%s: time.Sleep", at(call))
		}
	})
}

// TestOffencesAreSeen holds the two above to code that nobody wants.
func TestOffencesAreSeen(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "offences.go", `package offences

func all() {
	go work()
	group.Go(work)
	s.group.Go(work)
	time.AfterFunc(second, work)
	time.Sleep(second)
	time.After(second)
}`, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(starts(file)); n != 4 {
		t.Errorf("%d of 4 goroutines were seen", n)
	}
	if n := len(calls(file, func(name string) bool { return name == "time.Sleep" })); n != 1 {
		t.Errorf("%d of 1 sleeps was seen", n)
	}
}

// starts finds whatever in a file starts a goroutine.
func starts(file *ast.File) []ast.Node {
	found := calls(file, func(name string) bool { return name == "time.AfterFunc" || strings.HasSuffix(name, ".Go") })
	ast.Inspect(file, func(n ast.Node) bool {
		if statement, ok := n.(*ast.GoStmt); ok {
			found = append(found, statement)
		}
		return true
	})
	return found
}

// calls finds the calls of functions whose name is wanted.
func calls(file *ast.File, wanted func(name string) bool) []ast.Node {
	var found []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && wanted(called(call)) {
			found = append(found, call)
		}
		return true
	})
	return found
}

// called names what a call calls, as far as it is a plain selector.
func called(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if name, ok := selector.X.(*ast.Ident); ok {
		return name.Name + "." + selector.Sel.Name
	}
	return "?." + selector.Sel.Name
}

// eachFile parses every Go file of the house; paths are below its root.
func eachFile(t *testing.T, visit func(path string, file *ast.File, at func(ast.Node) string)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "build") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parse %s: %w", path, err)
		}
		seen++
		below := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		visit(below, parsed, func(n ast.Node) string {
			return fmt.Sprintf("%s:%d", below, files.Position(n.Pos()).Line)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Fatalf("only %d files were looked at", seen)
	}
}
