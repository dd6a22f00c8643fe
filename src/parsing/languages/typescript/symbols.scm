; What TypeScript adds to ../javascript/ecmascript.scm

(function_signature name: (identifier) @name) @definition.function
(abstract_class_declaration name: (type_identifier) @name) @definition.class
(interface_declaration name: (type_identifier) @name) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name) @definition.enum
(enum_body name: (_) @name @definition.constant)
(enum_body (enum_assignment name: (_) @name) @definition.constant)
(internal_module name: (_) @name) @definition.namespace
(module name: (_) @name) @definition.namespace

(export_statement "export" . "=") @export

; Members
(public_field_definition name: (_) @name !type value: (new_expression) @type) @definition.field
(public_field_definition name: (_) @name) @definition.field
(class_body (method_signature name: (_) @name) @definition.method)
(abstract_method_signature name: (_) @name) @definition.method
(interface_body (method_signature name: (_) @name) @definition.method)
(interface_body (property_signature name: (_) @name) @definition.property)
(type_alias_declaration value: (object_type (method_signature name: (_) @name) @definition.method))
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @definition.property))
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field @member
(required_parameter "readonly" pattern: (identifier) @name) @definition.field @member
(optional_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field @member

; Values declared for others to provide
(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(ambient_declaration (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))

; Local names
(function_type) @scope.type
(constructor_type) @scope.type
(required_parameter pattern: [(identifier) (this)] @typed.name type: (type_annotation) @typed.type)
(optional_parameter pattern: (identifier) @typed.name type: (type_annotation) @typed.type)
(arrow_function parameters: (formal_parameters (required_parameter pattern: (identifier) @typed.name !type)) @typed.parameters) @typed.function
(function_expression parameters: (formal_parameters (required_parameter pattern: (identifier) @typed.name !type)) @typed.parameters) @typed.function
(arrow_function parameters: (formal_parameters (required_parameter !type pattern: (object_pattern [
    (shorthand_property_identifier_pattern) @typed.name @typed.key
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @typed.name @typed.key)
    (pair_pattern key: (property_identifier) @typed.key value: (identifier) @typed.name)]))) @typed.parameters) @typed.function
(pair key: (property_identifier) @typed.property
  value: (arrow_function parameters: (formal_parameters (required_parameter pattern: (identifier) @typed.name !type)) @typed.parameters)) @typed.function
(method_definition name: (property_identifier) @typed.property
  parameters: (formal_parameters (required_parameter pattern: (identifier) @typed.name !type)) @typed.parameters) @typed.function
(pair key: (property_identifier) @typed.property
  value: (arrow_function parameters: (formal_parameters (required_parameter !type pattern: (object_pattern [
    (shorthand_property_identifier_pattern) @typed.name @typed.key
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @typed.name @typed.key)
    (pair_pattern key: (property_identifier) @typed.key value: (identifier) @typed.name)]))) @typed.parameters)) @typed.function
(if_statement condition: (parenthesized_expression (call_expression function: (identifier) @typed.guard arguments: (arguments . (identifier) @typed.name .)))
  consequence: (statement_block) @typed.narrowed)
(if_statement condition: (parenthesized_expression (binary_expression left: (call_expression function: (identifier) @typed.guard arguments: (arguments . (identifier) @typed.name .)) operator: "&&"))
  consequence: (statement_block) @typed.narrowed)
(binary_expression left: (call_expression function: (identifier) @typed.guard arguments: (arguments . (identifier) @typed.name .)) operator: "&&"
  right: (_) @typed.narrowed @scope.block)
(ternary_expression condition: (call_expression function: (identifier) @typed.guard arguments: (arguments . (identifier) @typed.name .))
  consequence: (_) @typed.narrowed @scope.block)
(required_parameter pattern: (identifier) @typed.name !type)
(required_parameter
  pattern: (object_pattern [
    (shorthand_property_identifier_pattern) @typed.name @typed.key
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @typed.name @typed.key)
    (pair_pattern key: (property_identifier) @typed.key value: (identifier) @typed.name)])
  type: (type_annotation) @typed.type)
(variable_declarator name: (identifier) @typed.name type: (type_annotation) @typed.type)
(variable_declarator name: (identifier) @typed.name value: (as_expression (_) [(type_identifier) (generic_type) (nested_type_identifier) (array_type) (union_type) (intersection_type) (parenthesized_type) (object_type) (lookup_type) (type_query)] @typed.type))
(return_statement (as_expression) @returned)
(arrow_function body: (as_expression) @returned)
(variable_declarator name: (identifier) @typed.name value: (non_null_expression) @typed.value)
(public_field_definition name: (_) @typed.name !type value: (call_expression) @typed.value)

; Bases
(extends_clause value: [(identifier) (member_expression)] @base.extends type_arguments: (type_arguments)? @base.arguments)
(implements_clause [(type_identifier) @ignore (nested_type_identifier name: (_) @ignore)] @base.implements)
(implements_clause (generic_type name: [(type_identifier) @ignore (nested_type_identifier name: (_) @ignore)]) @base.implements)
(extends_type_clause type: [(type_identifier) @ignore (nested_type_identifier name: (_) @ignore)] @base.extends)
(extends_type_clause type: (generic_type name: [(type_identifier) @ignore (nested_type_identifier name: (_) @ignore)]) @base.extends)

; Types as uses
(type_parameter name: (type_identifier) @type.parameter)
(mapped_type_clause name: (type_identifier) @type.parameter)
(infer_type . (type_identifier) @type.parameter)
(nested_type_identifier module: (_) @receiver name: (type_identifier) @reference.references)
(type_identifier) @reference.references
(type_query (identifier) @reference.references)

(call_expression function: (non_null_expression (identifier) @reference.calls))
(call_expression function: (non_null_expression (member_expression object: (_) @receiver property: (property_identifier) @reference.calls)))
(call_expression function: (parenthesized_expression (non_null_expression (identifier) @reference.calls)))
(call_expression function: (parenthesized_expression (as_expression . (identifier) @reference.calls)))
(call_expression function: (parenthesized_expression (as_expression . (member_expression object: (_) @receiver property: (_) @reference.calls))))
