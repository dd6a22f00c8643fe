// Prints, for every call of a Go module, which functions of the module it may run: one JSON object a line.
//
//	go run . DIR
//
// Static calls come from the type checker through SSA; calls of interface methods and of function values from variable
// type analysis (golang.org/x/tools/go/callgraph/vta) over class hierarchy analysis. Calls whose targets all lie outside
// of the module are left out, and so are calls of anonymous functions: those are no symbols of their own.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/cha"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// Place is where a name stands: line and column from 1, the column in bytes.
type Place struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Name   string `json:"name"`
}

// Call is a call and what it may run.
type Call struct {
	Place
	// Kind is static, interface or value.
	Kind string `json:"kind"`
	// Targets are functions and methods of the module.
	Targets []Place `json:"targets"`
	// Method is the interface's method, where it is one of the module.
	Method *Place `json:"method,omitempty"`
}

type oracle struct {
	root string
	fset *token.FileSet
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . DIR")
		os.Exit(2)
	}
	root, err := filepath.Abs(os.Args[1])
	if err != nil {
		fail(err)
	}
	fset := token.NewFileSet()
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: root, Fset: fset}, "./...")
	if err != nil {
		fail(err)
	}
	for _, pkg := range loaded {
		for _, problem := range pkg.Errors {
			fmt.Fprintln(os.Stderr, pkg.PkgPath, problem)
		}
	}
	program, _ := ssautil.AllPackages(loaded, ssa.InstantiateGenerics)
	program.Build()
	functions := ssautil.AllFunctions(program)
	graph := vta.CallGraph(functions, cha.CallGraph(program))
	o := oracle{root, fset}
	calls := o.calls(graph, o.names(loaded))
	encoder := json.NewEncoder(os.Stdout)
	for _, call := range calls {
		if err := encoder.Encode(call); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// names maps the opening parenthesis of a call to the name that is called: what SSA keeps is the parenthesis.
func (o oracle) names(loaded []*packages.Package) map[token.Pos]*ast.Ident {
	names := map[token.Pos]*ast.Ident{}
	for _, pkg := range loaded {
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok {
					if name := calledName(call.Fun); name != nil {
						names[call.Lparen] = name
					}
				}
				return true
			})
		}
	}
	return names
}

func calledName(expression ast.Expr) *ast.Ident {
	switch e := ast.Unparen(expression).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return calledName(e.X)
	case *ast.IndexListExpr:
		return calledName(e.X)
	}
	return nil
}

func (o oracle) place(pos token.Pos, name string) (Place, bool) {
	position := o.fset.Position(pos)
	path, err := filepath.Rel(o.root, position.Filename)
	if err != nil || !pos.IsValid() || strings.HasPrefix(path, "..") {
		return Place{}, false
	}
	return Place{filepath.ToSlash(path), position.Line, position.Column, name}, true
}

// object is the declared function behind an SSA function: wrappers, bounds and instances lead to their origin.
func object(function *ssa.Function) *types.Func {
	if origin := function.Origin(); origin != nil {
		function = origin
	}
	declared, _ := function.Object().(*types.Func)
	if declared == nil {
		return nil
	}
	return declared.Origin()
}

func (o oracle) calls(graph *callgraph.Graph, names map[token.Pos]*ast.Ident) []Call {
	found := map[token.Pos]*Call{}
	seen := map[token.Pos]map[Place]bool{}
	for _, node := range graph.Nodes {
		if node.Func == nil {
			continue
		}
		for _, edge := range node.Out {
			if edge.Site == nil {
				continue
			}
			o.add(found, seen, edge, names[edge.Site.Pos()])
		}
	}
	calls := make([]Call, 0, len(found))
	for _, call := range found {
		if len(call.Targets) == 0 {
			continue
		}
		sort.Slice(call.Targets, func(i, j int) bool { return less(call.Targets[i], call.Targets[j]) })
		calls = append(calls, *call)
	}
	sort.Slice(calls, func(i, j int) bool { return less(calls[i].Place, calls[j].Place) })
	return calls
}

func (o oracle) add(found map[token.Pos]*Call, seen map[token.Pos]map[Place]bool, edge *callgraph.Edge, name *ast.Ident) {
	if name == nil {
		return
	}
	at, inside := o.place(name.Pos(), name.Name)
	if !inside {
		return
	}
	common := edge.Site.Common()
	call := found[name.Pos()]
	if call == nil {
		call = &Call{Place: at, Kind: "value", Targets: []Place{}}
		found[name.Pos()] = call
		seen[name.Pos()] = map[Place]bool{}
	}
	if common.IsInvoke() {
		call.Kind = "interface"
		if method, ok := o.place(common.Method.Origin().Pos(), common.Method.Name()); ok {
			call.Method = &method
		}
	} else if common.StaticCallee() != nil {
		call.Kind = "static"
	}
	callee := object(edge.Callee.Func)
	if callee == nil {
		return
	}
	target, inside := o.place(callee.Pos(), callee.Name())
	if inside && !seen[name.Pos()][target] {
		seen[name.Pos()][target] = true
		call.Targets = append(call.Targets, target)
	}
}

func less(a, b Place) bool {
	if a.Path != b.Path {
		return a.Path < b.Path
	}
	if a.Line != b.Line {
		return a.Line < b.Line
	}
	return a.Column < b.Column
}
