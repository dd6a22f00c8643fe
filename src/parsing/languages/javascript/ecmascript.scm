; What JavaScript, TypeScript and TSX have in common. Vocabulary: ../../tree-sitter/captures.ts

; Functions and classes
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(class_declaration name: (_) @name) @definition.class
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(method_definition name: (_) @name) @definition.method
(pair key: [(property_identifier) (string)] @name value: [(arrow_function) (function_expression) (generator_function)]) @definition.method
(export_statement "export" . "default" value: [(arrow_function) (function_expression) (class)]) @definition.function

; CommonJS, prototypes and functions put on objects
(assignment_expression
  left: (member_expression object: (_) @owner property: (_) @name)
  right: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(assignment_expression
  left: (member_expression object: (_) @owner property: (property_identifier) @name)
  right: (class)) @definition.class
(assignment_expression
  left: (member_expression object: (this) property: (_) @name)
  right: [(arrow_function) (function_expression)]) @definition.method @member
(assignment_expression
  left: (member_expression object: (this) property: (_) @name)
  right: (new_expression) @type) @definition.field @member
(assignment_expression
  left: (member_expression object: (this) property: (_) @name)) @definition.field @member

((assignment_expression left: (member_expression object: (identifier) @_object property: (property_identifier) @name)) @definition.constant
  (#eq? @_object "exports"))
((assignment_expression left: (member_expression
  object: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  property: (property_identifier) @name)) @definition.constant
  (#eq? @_module "module") (#eq? @_exports "exports"))

; Values at the top of the file
(program (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(export_statement declaration: (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))

(program (lexical_declaration (variable_declarator name: [
  (object_pattern [(shorthand_property_identifier_pattern) @name (pair_pattern value: (identifier) @name)])
  (array_pattern (identifier) @name)]) @definition.variable))
(export_statement declaration: (lexical_declaration (variable_declarator name: [
  (object_pattern [(shorthand_property_identifier_pattern) @name (pair_pattern value: (identifier) @name)])
  (array_pattern (identifier) @name)]) @definition.variable))

; Local names
(variable_declarator name: (identifier) @typed.name value: (new_expression) @typed.class)
(variable_declarator name: (identifier) @typed.name value: (await_expression (new_expression) @typed.class))
(assignment_expression left: (identifier) @typed.name right: (new_expression) @typed.assigned)
((variable_declarator name: (identifier) @typed.name value: (_) @typed.value)
  (#kind-eq? @typed.value "call_expression" "await_expression" "member_expression" "subscript_expression" "identifier" "this" "object" "ternary_expression"))
(variable_declarator name: (identifier) @typed.name value: (binary_expression operator: ["??" "||"]) @typed.value)
(if_statement condition: (parenthesized_expression (binary_expression left: (identifier) @typed.name operator: "instanceof" right: [(identifier) (member_expression)] @typed.class))
  consequence: (statement_block) @typed.narrowed)
(if_statement condition: (parenthesized_expression (binary_expression left: (binary_expression left: (identifier) @typed.name operator: "instanceof" right: [(identifier) (member_expression)] @typed.class) operator: "&&"))
  consequence: (statement_block) @typed.narrowed)
(binary_expression left: (binary_expression left: (identifier) @typed.name operator: "instanceof" right: [(identifier) (member_expression)] @typed.class) operator: "&&"
  right: (_) @typed.narrowed @scope.block)
(if_statement condition: (parenthesized_expression (unary_expression argument: (parenthesized_expression (binary_expression left: (identifier) @typed.name operator: "instanceof" right: [(identifier) (member_expression)] @typed.class))))
  consequence: [(throw_statement) (return_statement) (statement_block (throw_statement)) (statement_block (return_statement))])
(ternary_expression condition: (binary_expression left: (identifier) @typed.name operator: "instanceof" right: [(identifier) (member_expression)] @typed.class)
  consequence: (_) @typed.narrowed @scope.block)
(assignment_expression left: (identifier) @typed.name right: [(call_expression) (await_expression)] @typed.assigned)
(variable_declarator name: (identifier) @typed.name)
((variable_declarator
  name: (object_pattern [
    (shorthand_property_identifier_pattern) @typed.name @typed.key
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @typed.name @typed.key)
    (pair_pattern key: (property_identifier) @typed.key value: (identifier) @typed.name)])
  value: (_) @typed.value)
  (#kind-eq? @typed.value "call_expression" "await_expression" "member_expression" "identifier" "this"))
(array_pattern (identifier) @typed.name)
(for_in_statement left: (identifier) @typed.name operator: "of"
  right: [(call_expression) (member_expression) (identifier)] @typed.value @typed.element)
(for_in_statement left: (identifier) @typed.name)
(arrow_function parameter: (identifier) @typed.name) @typed.function
(catch_clause parameter: (identifier) @typed.name)

; Names inside of functions without a name, blocks and loops are visible there alone
(arrow_function) @scope.function
(function_expression) @scope.function
(generator_function) @scope.function
(statement_block) @scope.block
(for_in_statement) @scope.block
(for_statement) @scope.block

; What functions give back
((return_statement (_) @returned)
  (#kind-eq? @returned "call_expression" "new_expression" "identifier" "member_expression" "await_expression" "this" "object" "subscript_expression"))
((arrow_function body: (_) @returned)
  (#kind-eq? @returned "call_expression" "new_expression" "identifier" "member_expression" "await_expression" "subscript_expression"))
(arrow_function body: (parenthesized_expression (object) @returned))

; Decorators, before calls: a decorator is a reference even where it has arguments
(decorator (identifier) @reference.references)
(decorator (call_expression function: (identifier) @reference.references))
(decorator (member_expression object: (_) @receiver property: (property_identifier) @reference.references))
(decorator (call_expression function: (member_expression object: (_) @receiver property: (property_identifier) @reference.references)))

; Uses
((call_expression function: (identifier) @ignore) (#eq? @ignore "require"))
(call_expression function: (identifier) @reference.calls)
(call_expression function: (super) @reference.calls)
(call_expression function: (await_expression (identifier) @reference.calls))
(call_expression function: (member_expression
  object: (_) @receiver property: (_) @reference.calls))
(call_expression function: (await_expression (member_expression
  object: (_) @receiver property: (_) @reference.calls)))
(new_expression constructor: (identifier) @reference.instantiates)
(new_expression constructor: (member_expression object: (_) @receiver property: (property_identifier) @reference.instantiates))

(call_expression function: (parenthesized_expression (identifier) @reference.calls))
(call_expression function: (parenthesized_expression (member_expression object: (_) @receiver property: (_) @reference.calls)))
(call_expression function: (parenthesized_expression (await_expression (identifier) @reference.calls)))
(call_expression function: (parenthesized_expression (await_expression (member_expression object: (_) @receiver property: (_) @reference.calls))))
(new_expression constructor: (parenthesized_expression (identifier) @reference.instantiates))

; Functions and types handed on by name: items.map(toRow)
(arguments (identifier) @passed)

; Modules
(import_statement) @import
(export_statement source: (_)) @export
(export_statement !source "export" . (export_clause)) @export
(export_statement "export" . "default") @export
((call_expression function: (identifier) @_require arguments: (arguments . (string))) @import (#eq? @_require "require"))
(call_expression function: (import) arguments: (arguments . (string))) @import
((assignment_expression left: (member_expression object: (identifier) @_object)) @export
  (#any-of? @_object "module" "exports"))
((assignment_expression left: (member_expression object: (member_expression object: (identifier) @_object))) @export
  (#eq? @_object "module"))
