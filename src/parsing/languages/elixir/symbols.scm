; Vocabulary: ../../tree-sitter/captures.ts

((call target: (identifier) @_def (arguments . (alias) @name)) @definition.module
  (#any-of? @_def "defmodule" "defimpl"))
((call target: (identifier) @_def (arguments . (alias) @name)) @definition.interface
  (#eq? @_def "defprotocol"))
((call target: (identifier) @_def (arguments . (alias) @base.implements))
  (#eq? @_def "defimpl"))

((call target: (identifier) @_def (arguments . [
    (call target: (identifier) @name)
    (identifier) @name
    (binary_operator left: (call target: (identifier) @name) operator: "when")
    (binary_operator left: (identifier) @name operator: "when")])) @definition.function
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defn" "defnp"))
; Operators
((call target: (identifier) @_def (arguments . [
    (binary_operator operator: _ @name)
    (binary_operator left: (binary_operator operator: _ @name) operator: "when")])) @definition.function
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop") (#not-eq? @name "when"))
((call target: (identifier) @_def (arguments . (unary_operator operator: _ @name))) @definition.function
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop"))

((unary_operator operator: "@" operand: (call target: (identifier) @_type
    (arguments . (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "::")))) @definition.type
  (#any-of? @_type "type" "typep" "opaque"))
((do_block (unary_operator operator: "@" operand: (call target: (identifier) @name)) @definition.constant)
  (#not-any-of? @name "after_compile" "before_compile" "behaviour" "callback" "compile" "deprecated" "derive" "dialyzer" "doc" "enforce_keys"
    "external_resource" "impl" "macrocallback" "moduledoc" "on_definition" "on_load" "opaque" "optional_callbacks" "spec" "since" "tag" "type" "typedoc" "typep"))

; Local names
((call target: (identifier) @_def (arguments . (call (arguments (identifier) @typed.name))))
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop"))
(binary_operator left: (identifier) @typed.name operator: "=")

; Modules
((call target: (identifier) @ignore) @import
  (#any-of? @ignore "alias" "import" "require" "use"))

; Words of the language, and what attributes say
((call target: (identifier) @ignore)
  (#any-of? @ignore "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defmodule" "defimpl" "defprotocol" "defstruct" "defexception" "defoverridable" "defrecord" "defrecordp" "defn" "defnp"))
(unary_operator operator: "@" operand: (call target: (identifier) @ignore))
((unary_operator operator: "@" operand: (call target: (identifier) @_type
    (arguments . (binary_operator left: (call target: (identifier) @ignore)))))
  (#any-of? @_type "spec" "callback" "macrocallback" "type" "typep" "opaque"))
((unary_operator operator: "@" operand: (call target: (identifier) @_type
    (arguments . (binary_operator left: (binary_operator left: (call target: (identifier) @ignore))))))
  (#any-of? @_type "spec" "callback" "macrocallback"))

; Uses
(unary_operator operator: "&" operand: (binary_operator left: (identifier) @reference.references operator: "/"))
(unary_operator operator: "&" operand: (binary_operator
  left: (call target: (dot left: (alias) @receiver right: (identifier) @reference.references)) operator: "/"))
(call target: (identifier) @reference.calls)
(call target: (dot left: (alias) @receiver right: (identifier) @reference.calls))
; `pool.size` is a field, `pool.size()` a call
(call target: (dot left: (identifier) @receiver right: (identifier) @reference.calls) (arguments))
(binary_operator operator: "|>" right: (identifier) @reference.calls)
