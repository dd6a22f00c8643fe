; Vocabulary: ../../tree-sitter/captures.ts

(library_import) @import
(library_export) @import
(part_directive) @import

; Definitions. An extension adds to the type that is its declared type.
(class_definition name: (identifier) @name) @definition.class
(mixin_declaration (identifier) @name) @definition.class
(extension_declaration name: (identifier) @name class: (_) @type) @definition.class
(extension_declaration !name class: (_) @name @type) @definition.class
(extension_type_declaration name: (identifier) @name) @definition.class
(enum_declaration name: (identifier) @name) @definition.enum
(enum_constant name: (identifier) @name) @definition.constant
(type_alias (type_identifier) @name . (formal_parameter_list)) @definition.type
(type_alias "typedef" . (type_identifier) @name . (type_parameters)? . "=" . (type_identifier) @type) @definition.type
(type_alias "typedef" . (type_identifier) @name . (type_parameters)? . "=") @definition.type
(function_signature . (type_identifier) @type . (type_arguments)? @type.last . (nullable_type)? @type.last . name: (identifier) @name) @definition.function
(function_signature name: (identifier) @name) @definition.function
(getter_signature . (type_identifier) @type . (type_arguments)? @type.last . (nullable_type)? @type.last . name: (identifier) @name) @definition.property
(getter_signature name: (identifier) @name) @definition.property
(setter_signature name: (identifier) @name) @definition.property
(operator_signature (binary_operator) @name) @definition.method
(constructor_signature name: (identifier) . "." . name: (identifier) @name) @definition.constructor
(constructor_signature . name: (identifier) @name . parameters: (_)) @definition.constructor
(constant_constructor_signature (identifier) . (identifier) @name) @definition.constructor
(constant_constructor_signature . (const_builtin) . (identifier) @name . (formal_parameter_list)) @definition.constructor
(factory_constructor_signature (identifier) . (identifier) @name) @definition.constructor
(factory_constructor_signature (identifier) @name . (formal_parameter_list)) @definition.constructor
(redirecting_factory_constructor_signature (identifier) . (identifier) @name) @definition.constructor
(declaration (type_identifier) @type . (type_arguments)? @type.last . (nullable_type)? @type.last
  . (initialized_identifier_list (initialized_identifier . (identifier) @name @definition.field)))
(declaration (initialized_identifier_list (initialized_identifier . (identifier) @name) @definition.field))
(declaration (type_identifier) @type . (type_arguments)? @type.last . (nullable_type)? @type.last
  . (static_final_declaration_list (static_final_declaration . (identifier) @name @definition.constant)))
(static_final_declaration . (identifier) @name) @definition.constant
(program (initialized_identifier_list (initialized_identifier . (identifier) @name) @definition.variable))

; Results
(function_body "=>" . (identifier) @returned (selector) @returned.last .)
(function_body "=>" . (this) @returned .)
(function_body (block (return_statement . (identifier) @returned (selector) @returned.last .)))
(function_expression) @scope.function

; Local names
(formal_parameter (type_identifier) @typed.type . (type_arguments)? @typed.last . (nullable_type)? @typed.last . name: (identifier) @typed.name)
(formal_parameter name: (identifier) @typed.name)
(formal_parameter . (identifier) @typed.name)
(initialized_variable_definition (type_identifier) @typed.type . (type_arguments)? @typed.last . (nullable_type)? @typed.last . name: (identifier) @typed.name)
(initialized_variable_definition (identifier) @typed.name . [(identifier) (this)] @typed.value (selector) @typed.last .)
(initialized_variable_definition (identifier) @typed.name . (identifier) @typed.value .)
(initialized_variable_definition name: (identifier) @typed.name
  value: (unary_expression (await_expression . (identifier) @typed.value (selector) @typed.last .)))
(initialized_variable_definition name: (identifier) @typed.name value: (new_expression . (type_identifier) @typed.class))
(initialized_variable_definition name: (identifier) @typed.name)
(initialized_identifier . (identifier) @typed.name . (identifier) @typed.value (selector) @typed.last .)
(initialized_identifier . (identifier) @typed.name . (new_expression . (type_identifier) @typed.class))
(static_final_declaration . (identifier) @typed.name . (identifier) @typed.value (selector) @typed.last .)
(for_loop_parts (type_identifier) @typed.type . (type_arguments)? @typed.last . (nullable_type)? @typed.last . name: (identifier) @typed.name)
(for_loop_parts (identifier) @typed.name . (identifier) @typed.value @typed.element (selector) @typed.last .)
(for_loop_parts (identifier) @typed.name . (identifier) @typed.value @typed.element .)
(for_loop_parts name: (identifier) @typed.name)
(try_statement (type_identifier) @typed.type . (catch_clause (catch_parameters . (identifier) @typed.name)))
(catch_parameters (identifier) @typed.name)
(type_parameter . (type_identifier) @type.parameter)

; Bases
(superclass . (type_identifier) @base.extends @ignore)
(mixins (type_identifier) @base.extends @ignore)
(interfaces (type_identifier) @base.implements @ignore)
(mixin_declaration (type_identifier) @base.extends @ignore)
(extension_declaration class: (type_identifier) @ignore)

; Uses. An expression is a row of nodes: its start, then what is selected of it.
((super) @receiver . (unconditional_assignable_selector (identifier) @reference.calls) . (selector (argument_part)))
([(identifier) (this) (super) (parenthesized_expression) (new_expression) (string_literal) (list_literal) (set_or_map_literal)] @receiver
  . [(selector) (unconditional_assignable_selector)]* @receiver
  . (selector [(unconditional_assignable_selector (identifier) @reference.calls)
      (conditional_assignable_selector (identifier) @reference.calls)])
  . (selector (argument_part)))
((identifier) @receiver . (selector)* @receiver . (cascade_section)*
  . (cascade_section (cascade_selector (identifier) @reference.calls) . (argument_part)))
((identifier) @reference.calls . (selector (argument_part)))
(new_expression . (type_identifier) @receiver . (identifier) @reference.calls)
(new_expression . (type_identifier) @reference.instantiates)
(const_object_expression (type_identifier) @receiver . (identifier) @reference.calls)
(const_object_expression (type_identifier) @reference.instantiates)
(type_identifier) @reference.references
