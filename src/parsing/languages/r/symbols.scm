; Vocabulary: ../../tree-sitter/captures.ts

(binary_operator lhs: [(identifier) (string)] @name operator: ["<-" "<<-" "=" ":="] rhs: (function_definition)) @definition.function
(binary_operator lhs: (function_definition) operator: ["->" "->>"] rhs: [(identifier) (string)] @name) @definition.function
(program (binary_operator lhs: [(identifier) (string)] @name operator: ["<-" "<<-" "="]) @definition.variable)
(program (binary_operator operator: ["->" "->>"] rhs: [(identifier) (string)] @name) @definition.variable)

; S4
((call function: (identifier) @_set arguments: (arguments . (argument value: (string) @name))) @definition.class
  (#any-of? @_set "setClass" "setRefClass"))
((call function: (identifier) @_set arguments: (arguments . (argument value: (string) @name))) @definition.function
  (#any-of? @_set "setGeneric" "setValidity"))
((call function: (identifier) @_set arguments: (arguments . (argument value: (string) @name) . (comma) . (argument value: (string) @owner))) @definition.method
  (#any-of? @_set "setMethod" "setReplaceMethod"))
((call function: (identifier) @_set arguments: (arguments (argument name: (identifier) @_contains value: (string content: (string_content) @base.extends))))
  (#any-of? @_set "setClass" "setRefClass") (#eq? @_contains "contains"))

; R6 and reference classes
((call function: [(identifier) @_class (namespace_operator rhs: (identifier) @_class)] arguments: (arguments (argument value: (call
    function: (identifier) @_list arguments: (arguments (argument name: (identifier) @name value: (function_definition)) @definition.method)))))
  (#any-of? @_class "R6Class" "setRefClass") (#eq? @_list "list"))
((call function: [(identifier) @_class (namespace_operator rhs: (identifier) @_class)]
    arguments: (arguments (argument name: (identifier) @_inherit value: (identifier) @base.extends)))
  (#any-of? @_class "R6Class") (#eq? @_inherit "inherit"))
((call function: [(identifier) @_class (namespace_operator rhs: (identifier) @_class)]
    arguments: (arguments (argument name: (identifier) @name value: (function_definition)) @definition.method))
  (#any-of? @_class "ggproto" "proto"))
((call function: (identifier) @_class arguments: (arguments . (argument) . (comma) . (argument value: (identifier) @base.extends)))
  (#eq? @_class "ggproto"))

; Local names
(binary_operator lhs: (identifier) @typed.name operator: ["<-" "="]
  rhs: (call function: (extract_operator lhs: (identifier) @typed.class rhs: (identifier) @_new))
  (#eq? @_new "new"))
(binary_operator lhs: (identifier) @typed.name operator: ["<-" "="]
  rhs: (call function: (identifier) @_new arguments: (arguments . (argument value: (string content: (string_content) @typed.class))))
  (#eq? @_new "new"))
(binary_operator lhs: (identifier) @typed.name operator: ["<-" "="])
(parameter name: (identifier) @typed.name)

; Modules
((call function: [(identifier) @_load (namespace_operator rhs: (identifier) @_load)]) @import
  (#any-of? @_load "library" "require" "requireNamespace" "loadNamespace" "source" "sys.source"))
((call function: (identifier) @ignore)
  (#any-of? @ignore "library" "require" "requireNamespace" "loadNamespace" "source" "setClass" "setRefClass" "setGeneric" "setMethod" "setReplaceMethod" "setValidity" "R6Class"))

; Uses
(call function: (extract_operator lhs: (identifier) @reference.instantiates rhs: (identifier) @_new)
  (#eq? @_new "new"))
(call function: (extract_operator rhs: (identifier) @ignore)
  (#eq? @ignore "new"))
(call function: (identifier) @reference.calls)
(call function: (namespace_operator lhs: (identifier) @receiver rhs: (identifier) @reference.calls))
(call function: (extract_operator lhs: (_) @receiver rhs: (identifier) @reference.calls))
((call function: (identifier) @_apply arguments: (arguments (argument value: (identifier) @reference.references)))
  (#any-of? @_apply "Filter" "Map" "Reduce" "apply" "do.call" "lapply" "map" "map_chr" "map_dbl" "map_int" "map_lgl" "mapply" "match.fun" "outer" "purrr" "sapply" "tapply" "vapply" "walk"))
