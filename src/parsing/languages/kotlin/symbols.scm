; Vocabulary: ../../tree-sitter/captures.ts

(package_header (qualified_identifier) @package)
(import) @import

; Definitions. A companion object is no scope of its own: its members are those of the class.
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(type_alias type: (identifier) @name "=" . (_) @type) @definition.type
(enum_entry . (identifier) @name) @definition.constant
(enum_entry . (modifiers) . (identifier) @name) @definition.constant
(function_declaration
  [(user_type) (nullable_type) (parenthesized_type)] @owner . "." . name: (identifier) @name
  (function_value_parameters) ":" . (_) @type) @definition.method
(function_declaration
  [(user_type) (nullable_type) (parenthesized_type)] @owner . "." . name: (identifier) @name) @definition.method
(function_declaration name: (identifier) @name (function_value_parameters) ":" . (_) @type) @definition.function
(function_declaration name: (identifier) @name) @definition.function
(secondary_constructor "constructor" @name) @definition.constructor
(property_declaration
  [(user_type) (nullable_type)] @owner . "." . (variable_declaration (identifier) @name)) @definition.property
(property_declaration (variable_declaration . (identifier) @name ":" . (_) @type)) @definition.field
(property_declaration (variable_declaration . (identifier) @name)) @definition.field
(class_parameter ["val" "var"] (identifier) @name ":" . (_) @type) @definition.field

; Results
(function_declaration (function_body "=" . [(call_expression) (navigation_expression)] @returned))
(getter (function_body "=" . [(call_expression) (navigation_expression)] @returned))
(lambda_literal) @scope.function
(anonymous_function) @scope.function

; Local names
(parameter (identifier) @typed.name ":" . (_) @typed.type)
(class_parameter (identifier) @typed.name ":" . (_) @typed.type)
(variable_declaration . (identifier) @typed.name ":" . (_) @typed.type)
(property_declaration (variable_declaration . (identifier) @typed.name)
  "=" . [(call_expression) (navigation_expression)] @typed.value)
(property_declaration (variable_declaration . (identifier) @typed.name)
  "=" . (binary_expression left: [(call_expression) (navigation_expression) (identifier)] @typed.value operator: "?:"))
(property_declaration (variable_declaration . (identifier) @typed.name) "=" . (as_expression right: (_) @typed.type))
(property_declaration (variable_declaration . (identifier) @typed.name) "=")
(for_statement (variable_declaration . (identifier) @typed.name)
  "in" . [(call_expression) (navigation_expression) (identifier)] @typed.value @typed.element)
(multi_variable_declaration (variable_declaration . (identifier) @typed.name))
(lambda_parameters (variable_declaration . (identifier) @typed.name))
(anonymous_function (function_value_parameters (parameter (identifier) @typed.name)))
(catch_block (identifier) @typed.name ":" . (_) @typed.type)
(type_parameter (identifier) @type.parameter)

; Bases. A class is called with its arguments, interfaces are not.
(delegation_specifier (constructor_invocation . (user_type (identifier) @ignore) @base.extends))
(class_declaration "class" (delegation_specifiers (delegation_specifier
  [(user_type (identifier) @ignore) @base.implements
   (explicit_delegation . (user_type (identifier) @ignore) @base.implements)])))
(object_declaration (delegation_specifiers (delegation_specifier
  [(user_type (identifier) @ignore) @base.implements
   (explicit_delegation . (user_type (identifier) @ignore) @base.implements)])))
(class_declaration "interface" (delegation_specifiers (delegation_specifier
  (user_type (identifier) @ignore) @base.extends)))

; Uses
(call_expression . (identifier) @reference.calls)
(call_expression . (navigation_expression (_) @receiver . ["." "?."] . (identifier) @reference.calls .))
(call_expression . (navigation_expression
  (unary_expression argument: (_) @receiver "!!") . ["." "?."] . (identifier) @reference.calls .))
(infix_expression . (_) @receiver . (identifier) @reference.calls . (_) .)
; `Pool<Conn>(1)` reads as two comparisons.
(binary_expression
  left: (binary_expression left: (identifier) @reference.calls operator: "<" right: (identifier))
  operator: ">" right: (parenthesized_expression))
(callable_reference . (_) @receiver . "::" . (identifier) @reference.references .)
(callable_reference . "::" . (identifier) @reference.references .)
(user_type . (identifier) @receiver . "." . (identifier) @reference.references .)
(user_type . (identifier) @reference.references .)
(user_type . (identifier) @reference.references . (type_arguments) .)
