; Vocabulary: ../../tree-sitter/captures.ts

(import_declaration) @import

; Definitions. An extension is a part of the type it extends: its declared type is that type.
(class_declaration "extension" name: (_) @name @type) @definition.class
(class_declaration name: (type_identifier) @name) @definition.class
(protocol_declaration name: (type_identifier) @name) @definition.interface
(typealias_declaration name: (type_identifier) @name "=" . (_) @type) @definition.type
(associatedtype_declaration name: (type_identifier) @name) @definition.type
(enum_entry name: (simple_identifier) @name) @definition.constant
(function_declaration name: (simple_identifier) @name "->" . (_) @type) @definition.function
(function_declaration name: (simple_identifier) @name) @definition.function
(function_declaration "func" . [(bang) (custom_operator) "==" "<" ">" "<=" ">=" "!=" "+" "-" "*" "/" "%"] @name) @definition.function
(protocol_function_declaration name: (simple_identifier) @name "->" . (_) @type) @definition.method
(protocol_function_declaration name: (simple_identifier) @name) @definition.method
(init_declaration "init" @name) @definition.constructor
(deinit_declaration "deinit" @name) @definition.method
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name) (type_annotation (_) @type)) @definition.field
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.field
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)
  (type_annotation (_) @type)) @definition.property

; Results
(function_declaration body: (function_body (statements . [(call_expression) (navigation_expression)] @returned .)))
(lambda_literal) @scope.function

; Local names
(parameter name: (simple_identifier) @typed.name ":" . (_) @typed.type)
(lambda_parameter name: (simple_identifier) @typed.name)
(property_declaration name: (pattern bound_identifier: (simple_identifier) @typed.name) (type_annotation (_) @typed.type))
(property_declaration name: (pattern bound_identifier: (simple_identifier) @typed.name)
  value: [(call_expression) (navigation_expression)] @typed.value)
(property_declaration name: (pattern bound_identifier: (simple_identifier) @typed.name)
  value: [(try_expression expr: (call_expression) @typed.value) (await_expression expr: (call_expression) @typed.value)
    (try_expression expr: (await_expression expr: (call_expression) @typed.value))])
(property_declaration name: (pattern bound_identifier: (simple_identifier) @typed.name) value: (as_expression (as_operator) . (_) @typed.type))
(property_declaration name: (pattern bound_identifier: (simple_identifier) @typed.name))
; `if let pool` and `if let pool = pool` open what the name means outside: they give no other name
((if_statement bound_identifier: (simple_identifier) @typed.name . "=" . [(call_expression) (navigation_expression) (simple_identifier)] @typed.value)
  (#not-eq? @typed.name @typed.value))
((guard_statement bound_identifier: (simple_identifier) @typed.name . "=" . [(call_expression) (navigation_expression) (simple_identifier)] @typed.value)
  (#not-eq? @typed.name @typed.value))
(if_statement bound_identifier: (simple_identifier) @typed.name . "=" . (as_expression (as_operator) . (_) @typed.type))
(guard_statement bound_identifier: (simple_identifier) @typed.name . "=" . (as_expression (as_operator) . (_) @typed.type))
((if_statement bound_identifier: (simple_identifier) @typed.name . "=" . (_) @_value) (#not-eq? @typed.name @_value))
((guard_statement bound_identifier: (simple_identifier) @typed.name . "=" . (_) @_value) (#not-eq? @typed.name @_value))
(for_statement item: (pattern bound_identifier: (simple_identifier) @typed.name)
  collection: [(call_expression) (navigation_expression) (simple_identifier)] @typed.value @typed.element)
(catch_block error: (pattern (pattern bound_identifier: (simple_identifier) @typed.name) name: (_) @typed.type))
(pattern bound_identifier: (simple_identifier) @typed.name)
(type_parameter . (type_identifier) @type.parameter)

; Bases
(inheritance_specifier inherits_from: (_) @base.extends)
(inheritance_specifier inherits_from: (user_type . (type_identifier) @ignore))
(class_declaration "extension" name: (user_type (type_identifier) @ignore))

; Uses
(call_expression . (simple_identifier) @ignore (call_suffix (value_arguments "[")))
(call_expression . (simple_identifier) @reference.calls)
(call_expression . (navigation_expression target: (_) @receiver
  suffix: (navigation_suffix suffix: (simple_identifier) @reference.calls)))
(user_type (type_identifier) @receiver . (type_identifier) @reference.references)
(user_type (type_identifier) @reference.references)
