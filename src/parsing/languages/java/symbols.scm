; Vocabulary: ../../tree-sitter/captures.ts

(package_declaration [(identifier) (scoped_identifier)] @package)
(import_declaration) @import

(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(annotation_type_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_constant name: (identifier) @name) @definition.constant
(method_declaration name: (identifier) @name) @definition.method
(annotation_type_element_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.constructor
(compact_constructor_declaration name: (identifier) @name) @definition.constructor
(field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @name) @definition.field)
(constant_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @name) @definition.constant)
(record_declaration parameters: (formal_parameters
  (formal_parameter type: (_) @type name: (identifier) @name) @definition.field))

; Local names
[(block) (lambda_expression) (for_statement) (enhanced_for_statement) (catch_clause) (switch_block_statement_group) (switch_rule) (try_with_resources_statement)] @scope.block
(formal_parameter type: (_) @typed.type name: (identifier) @typed.name)
(spread_parameter (type_identifier) @typed.type (variable_declarator name: (identifier) @typed.name))
((local_variable_declaration type: (_) @typed.type declarator: (variable_declarator name: (identifier) @typed.name))
  (#not-eq? @typed.type "var"))
(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @typed.name value: (object_creation_expression type: (_) @typed.class)))
(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @typed.name value: [(method_invocation) (field_access)] @typed.value))
((enhanced_for_statement type: (_) @typed.type name: (identifier) @typed.name) (#not-eq? @typed.type "var"))
(enhanced_for_statement name: (identifier) @typed.name
  value: [(method_invocation) (field_access) (identifier)] @typed.value @typed.element)
((resource type: (_) @typed.type name: (identifier) @typed.name) (#not-eq? @typed.type "var"))
(resource name: (identifier) @typed.name value: (object_creation_expression type: (_) @typed.class))
(resource name: (identifier) @typed.name value: (method_invocation) @typed.value)
(catch_formal_parameter (catch_type . (_) @typed.type .) name: (identifier) @typed.name)
(instanceof_expression right: (_) @typed.type name: (identifier) @typed.name)
(lambda_expression parameters: (identifier) @typed.name)
(lambda_expression parameters: (inferred_parameters (identifier) @typed.name))

; Bases
(superclass [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.extends)
(superclass (generic_type . [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.extends))
(super_interfaces (type_list [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.implements))
(super_interfaces (type_list (generic_type . [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.implements)))
(extends_interfaces (type_list [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.extends))
(extends_interfaces (type_list (generic_type . [(type_identifier) @ignore (scoped_type_identifier (type_identifier) @ignore .)] @base.extends)))
(type_parameter . [(type_identifier) (identifier)] @type.parameter)
(type_parameter . [(type_identifier) (identifier)] @typed.name (type_bound . (_) @typed.type))
((type_identifier) @ignore (#eq? @ignore "var"))

; Uses
((scoped_type_identifier . (type_identifier) @ignore) (#match? @ignore "^[a-z]"))
((scoped_type_identifier (_) . (type_identifier) @ignore .) (#match? @ignore "^[a-z]"))
(marker_annotation name: (identifier) @reference.references)
(annotation name: (identifier) @reference.references)
(method_invocation !object name: (identifier) @reference.calls)
(method_invocation object: (_) @receiver name: (identifier) @reference.calls)
(explicit_constructor_invocation constructor: [(this) (super)] @reference.calls)
(object_creation_expression type: (type_identifier) @reference.instantiates)
(object_creation_expression type: (generic_type . (type_identifier) @reference.instantiates))
(object_creation_expression type: (scoped_type_identifier (_) @receiver . (type_identifier) @reference.instantiates .))
(object_creation_expression type: (generic_type . (scoped_type_identifier (_) @receiver . (type_identifier) @reference.instantiates .)))
(method_reference . (_) @receiver (identifier) @reference.references .)
(scoped_type_identifier (_) @receiver . (type_identifier) @reference.references .)
(type_identifier) @reference.references
