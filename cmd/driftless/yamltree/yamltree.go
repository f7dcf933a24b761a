// Package yamltree reads one YAML document into a plain tree that knows the
// line of everything in it, so that whoever refuses a part of a file can say
// where it stands. Anchors, aliases, tags and merge keys are refused: what a
// file says must be readable on the line that it is said on.
package yamltree

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Kind tells the shapes of a node apart.
type Kind uint8

// The shapes. Null is an absent value: "key:" with nothing after it.
const (
	Null Kind = iota
	Scalar
	List
	Map
)

// String names the shape as a message to a person does.
func (k Kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a map"}[k]
}

// Node is one value of the document.
type Node struct {
	Kind   Kind
	Line   int // counted from 1
	Text   string
	Quoted bool // the scalar stood in quotes or in a block: it is a string, whatever it looks like
	Items  []*Node
	Fields []Field // in the order of the document; names are unique
}

// Field is one entry of a map.
type Field struct {
	Name  string
	Line  int
	Value *Node
}

// Get returns the value of that field, nil where the map has none.
func (n *Node) Get(name string) *Node {
	for _, field := range n.Fields {
		if field.Name == name {
			return field.Value
		}
	}
	return nil
}

// Parse reads the one document in data. An empty file is a Null node.
// Errors carry the line and column as YAML sees them.
func Parse(data []byte) (*Node, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("not valid YAML: %w", err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			return nil, fmt.Errorf("line %d: a second document begins here; keep one per file", line(doc.Body))
		}
		body = doc.Body
	}
	if body == nil {
		return &Node{Line: 1}, nil
	}
	return convert(body)
}

// line is where a node begins; a node without a place is on the first line.
func line(node ast.Node) int {
	if token := node.GetToken(); token != nil && token.Position != nil {
		return token.Position.Line
	}
	return 1
}

// convert makes a node of the parser's tree one of ours.
func convert(node ast.Node) (*Node, error) {
	switch node := node.(type) {
	case *ast.CommentGroupNode, *ast.NullNode:
		return &Node{Line: line(node)}, nil
	case *ast.MappingNode:
		return convertMap(node, node.Values)
	case *ast.MappingValueNode:
		return convertMap(node, []*ast.MappingValueNode{node})
	case *ast.SequenceNode:
		return convertList(node)
	case *ast.StringNode:
		return &Node{Kind: Scalar, Line: line(node), Text: node.Value, Quoted: isQuoted(node)}, nil
	case *ast.LiteralNode:
		return &Node{Kind: Scalar, Line: line(node), Text: node.Value.Value, Quoted: true}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		// The text as written: 0012 and 1e3 are the reader's to judge.
		return &Node{Kind: Scalar, Line: line(node), Text: node.GetToken().Value}, nil
	}
	return nil, fmt.Errorf("line %d: %s isn't read here; write the value out", line(node), node.Type())
}

// isQuoted says whether a scalar stood in quotes.
func isQuoted(node *ast.StringNode) bool {
	switch node.GetToken().Type.String() {
	case "SingleQuote", "DoubleQuote":
		return true
	}
	return false
}

// convertList takes a sequence over.
func convertList(node *ast.SequenceNode) (*Node, error) {
	list := &Node{Kind: List, Line: line(node)}
	for _, value := range node.Values {
		item, err := convert(value)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
	}
	return list, nil
}

// convertMap takes a mapping over. The line of a map is that of its first key:
// the parser's own is that of the first colon.
func convertMap(node ast.Node, values []*ast.MappingValueNode) (*Node, error) {
	tree := &Node{Kind: Map, Line: line(node)}
	for _, value := range values {
		if value.Key.IsMergeKey() {
			return nil, fmt.Errorf("line %d: a key must be a plain word", line(value))
		}
		name := value.Key.GetToken().Value
		if tree.Get(name) != nil {
			return nil, fmt.Errorf("line %d: %q is given twice; keep one", line(value.Key), name)
		}
		child, err := convert(value.Value)
		if err != nil {
			return nil, err
		}
		tree.Fields = append(tree.Fields, Field{Name: name, Line: line(value.Key), Value: child})
	}
	if len(tree.Fields) > 0 {
		tree.Line = tree.Fields[0].Line
	}
	return tree, nil
}
