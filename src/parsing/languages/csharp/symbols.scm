; Vocabulary: ../../tree-sitter/captures.ts

(file_scoped_namespace_declaration name: (_) @package)
(using_directive) @import

(namespace_declaration name: (_) @name) @definition.namespace
(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.constant
(delegate_declaration name: (identifier) @name) @definition.type
(method_declaration name: (identifier) @name) @definition.method
(constructor_declaration name: (identifier) @name) @definition.constructor
(destructor_declaration) @definition.method
(operator_declaration) @definition.method
(conversion_operator_declaration) @definition.method
(indexer_declaration) @definition.property
(property_declaration name: (identifier) @name) @definition.property
(event_declaration name: (identifier) @name) @definition.field
(local_function_statement name: (identifier) @name) @definition.function
(field_declaration (variable_declaration type: (_) @type (variable_declarator name: (identifier) @name) @definition.field))
(event_field_declaration (variable_declaration type: (_) @type (variable_declarator name: (identifier) @name) @definition.field))
(record_declaration (parameter_list (parameter type: (_) @type name: (identifier) @name) @definition.property))

; Bases: interfaces are told by the letter before their name
((base_list [(identifier) (qualified_name) (generic_name)] @base.implements) (#match? @base.implements "^(?:\\w+\\.)*I[A-Z]"))
((base_list [(identifier) (qualified_name) (generic_name)] @base.extends) (#not-match? @base.extends "^(?:\\w+\\.)*I[A-Z]"))
((base_list (primary_constructor_base_type type: (_) @base.extends)) (#not-match? @base.extends "^(?:\\w+\\.)*I[A-Z]"))
(base_list [(identifier) @ignore (qualified_name name: (identifier) @ignore) (generic_name . (identifier) @ignore)])

; Generic parameters; what bounds one is the type its values are known by
(type_parameter name: (identifier) @type.parameter)
(type_parameter_constraints_clause . (identifier) @typed.name (type_parameter_constraint type: (_) @typed.type))
(type_parameter_constraints_clause . (identifier) @ignore)

; Local names
[(block) (lambda_expression) (for_statement) (foreach_statement) (catch_clause) (switch_section) (switch_expression_arm) (using_statement)] @scope.block
(parameter type: (_) @typed.type name: (identifier) @typed.name)
(parameter_list type: (_) @typed.type name: (identifier) @typed.name)
(parameter !type name: (identifier) @typed.name)
(implicit_parameter) @typed.name
(local_declaration_statement (variable_declaration
  type: [(identifier) (qualified_name) (generic_name) (array_type) (nullable_type) (alias_qualified_name) (predefined_type)] @typed.type
  (variable_declarator name: (identifier) @typed.name)))
(variable_declaration type: (implicit_type) (variable_declarator name: (identifier) @typed.name
  [(object_creation_expression type: (_) @typed.class)
   (cast_expression type: (_) @typed.class)
   (as_expression right: (_) @typed.class)
   (await_expression [(invocation_expression) (member_access_expression) (identifier)] @typed.value)
   (invocation_expression) @typed.value
   (member_access_expression) @typed.value
   (conditional_access_expression) @typed.value
   (element_access_expression) @typed.value
   (identifier) @typed.value] .))
(variable_declaration type: (implicit_type) (variable_declarator name: (identifier) @typed.name))
(using_statement (variable_declaration type: (_) @typed.type (variable_declarator name: (identifier) @typed.name)) (#not-eq? @typed.type "var"))
(for_statement initializer: (variable_declaration type: (_) @typed.type (variable_declarator name: (identifier) @typed.name)) (#not-eq? @typed.type "var"))
((foreach_statement type: (_) @typed.type left: (identifier) @typed.name) (#not-eq? @typed.type "var"))
(foreach_statement type: (implicit_type) left: (identifier) @typed.name
  right: [(invocation_expression) (member_access_expression) (identifier)] @typed.value @typed.element)
(foreach_statement type: (implicit_type) left: (identifier) @typed.name)
(tuple_pattern name: (identifier) @typed.name)
((declaration_pattern type: (_) @typed.type name: (identifier) @typed.name) (#not-eq? @typed.type "var"))
(declaration_pattern name: (identifier) @typed.name)
((declaration_expression type: (_) @typed.type name: (identifier) @typed.name) (#not-eq? @typed.type "var"))
(declaration_expression name: (identifier) @typed.name)
(recursive_pattern type: (_) @typed.type name: (identifier) @typed.name)
(catch_declaration type: (_) @typed.type name: (identifier) @typed.name)

; Uses
((invocation_expression function: (identifier) @ignore) (#eq? @ignore "nameof"))
(invocation_expression function: (identifier) @reference.calls)
(invocation_expression function: (generic_name . (identifier) @reference.calls))
(invocation_expression function: (member_access_expression expression: (_) @receiver name: (identifier) @reference.calls))
(invocation_expression function: (member_access_expression expression: (_) @receiver name: (generic_name . (identifier) @reference.calls)))
(invocation_expression function: (conditional_access_expression
  condition: (_) @receiver (member_binding_expression name: (identifier) @reference.calls) .))
(invocation_expression function: (conditional_access_expression
  condition: (_) @receiver (member_binding_expression name: (generic_name . (identifier) @reference.calls)) .))
(constructor_initializer ["this" "base"] @reference.calls)
(object_creation_expression type: (identifier) @reference.instantiates)
(object_creation_expression type: (generic_name . (identifier) @reference.instantiates))
(object_creation_expression type: (qualified_name qualifier: (_) @receiver name: (identifier) @reference.instantiates))
(object_creation_expression type: (qualified_name qualifier: (_) @receiver name: (generic_name . (identifier) @reference.instantiates)))
(variable_declaration type: (identifier) @reference.instantiates (variable_declarator (implicit_object_creation_expression)))
(variable_declaration type: (generic_name . (identifier) @reference.instantiates) (variable_declarator (implicit_object_creation_expression)))
(attribute name: (identifier) @reference.references)
(_ type: (qualified_name qualifier: (_) @receiver name: (identifier) @reference.references))
(_ type: (qualified_name qualifier: (_) @receiver name: (generic_name . (identifier) @reference.references)))
(method_declaration returns: (qualified_name qualifier: (_) @receiver name: (identifier) @reference.references))
(_ type: (identifier) @reference.references)
(method_declaration returns: (identifier) @reference.references)
(generic_name . (identifier) @reference.references)
(type_argument_list (identifier) @reference.references)
(nullable_type (identifier) @reference.references)
(as_expression right: (identifier) @reference.references)
((member_access_expression expression: (identifier) @reference.references) (#match? @reference.references "^[A-Z]"))
(argument (identifier) @reference.references)
(assignment_expression right: (identifier) @reference.references)
(argument (member_access_expression expression: (_) @receiver name: (identifier) @reference.references))
(assignment_expression right: (member_access_expression expression: (_) @receiver name: (identifier) @reference.references))
