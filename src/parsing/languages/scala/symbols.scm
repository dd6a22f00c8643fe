; Vocabulary: ../../tree-sitter/captures.ts

(package_clause name: (package_identifier) @package)
(import_declaration) @import

; Definitions
(class_definition name: (identifier) @name) @definition.class
(object_definition name: (identifier) @name) @definition.class
(package_object name: (identifier) @name) @definition.namespace
(trait_definition name: (identifier) @name) @definition.interface
(enum_definition name: (identifier) @name) @definition.enum
(simple_enum_case name: (identifier) @name) @definition.constant
(full_enum_case name: (identifier) @name) @definition.constant
(type_definition name: (type_identifier) @name type: (_) @type) @definition.type
(type_definition name: (type_identifier) @name) @definition.type
(function_definition name: (_) @name) @definition.function
(function_declaration name: (_) @name) @definition.function
(val_definition pattern: (identifier) @name) @definition.field
(var_definition pattern: (identifier) @name) @definition.field
(val_declaration name: (identifier) @name) @definition.field
(var_declaration name: (identifier) @name) @definition.field
(given_definition name: (identifier) @name) @definition.constant
(class_parameter name: (identifier) @name) @definition.field

; Results
(function_definition body: [(call_expression) (field_expression) (instance_expression)] @returned)
(function_definition body: (block [(call_expression) (field_expression) (instance_expression)] @returned .))

; Local names
(parameter name: (identifier) @typed.name type: (_) @typed.type)
(class_parameter name: (identifier) @typed.name type: (_) @typed.type)
(val_definition pattern: (identifier) @typed.name type: (_) @typed.type)
(var_definition pattern: (identifier) @typed.name type: (_) @typed.type)
(val_definition pattern: (identifier) @typed.name value: (instance_expression . (_) @typed.type))
(var_definition pattern: (identifier) @typed.name value: (instance_expression . (_) @typed.type))
(val_definition pattern: (identifier) @typed.name value: [(call_expression) (field_expression)] @typed.value)
(var_definition pattern: (identifier) @typed.name value: [(call_expression) (field_expression)] @typed.value)
(val_definition pattern: (identifier) @typed.name)
(var_definition pattern: (identifier) @typed.name)
(val_definition pattern: (_ (identifier) @typed.name))
(lambda_expression parameters: (identifier) @typed.name)
(binding name: (identifier) @typed.name type: (_) @typed.type)
(binding name: (identifier) @typed.name)
(enumerator . (identifier) @typed.name . [(identifier) (call_expression) (field_expression)] @typed.value @typed.element)
(enumerator . (_ (identifier) @typed.name))
(typed_pattern pattern: (identifier) @typed.name type: (_) @typed.type)
(capture_pattern name: (identifier) @typed.name)
(case_clause pattern: (identifier) @typed.name)
(case_class_pattern pattern: (identifier) @typed.name)
(tuple_pattern (identifier) @typed.name)
(infix_pattern left: (identifier) @typed.name)
(infix_pattern right: (identifier) @typed.name)

; Bases. The first is a class or a trait, those after `with` are traits.
(extends_clause . type: [(type_identifier) (stable_type_identifier) (generic_type) (compound_type)] @base.extends)
(extends_clause ["with" ","] . (_) @base.implements)
(extends_clause (type_identifier) @ignore)
(extends_clause (stable_type_identifier (type_identifier) @ignore))
(extends_clause (generic_type type: (type_identifier) @ignore))
(extends_clause (generic_type type: (stable_type_identifier (type_identifier) @ignore)))
(type_parameters name: (identifier) @type.parameter)

; Uses
((identifier) @ignore (#any-of? @ignore "this" "super"))
(instance_expression . (type_identifier) @reference.instantiates)
(instance_expression . (generic_type type: (type_identifier) @reference.instantiates))
(instance_expression . (stable_type_identifier (_) @receiver . (type_identifier) @reference.instantiates .))
(call_expression function: (identifier) @reference.calls)
(call_expression function: (generic_function function: (identifier) @reference.calls))
(call_expression function: (field_expression value: (_) @receiver field: (identifier) @reference.calls))
(call_expression function: (generic_function function:
  (field_expression value: (_) @receiver field: (identifier) @reference.calls)))
(infix_expression left: (_) @receiver operator: (identifier) @reference.calls)
(stable_type_identifier (_) @receiver . (type_identifier) @reference.references .)
(type_identifier) @reference.references
(case_class_pattern type: (type_identifier) @reference.references)
(field_expression value: (_) @receiver field: (identifier) @reference.references)
(field_expression value: (identifier) @reference.references)
(block (identifier) @reference.references)
(arguments (identifier) @reference.references)
(function_definition body: (identifier) @reference.references)
(infix_expression left: (identifier) @reference.references)
(infix_expression right: (identifier) @reference.references)
