; Vocabulary: ../../tree-sitter/captures.ts

(namespace_definition name: (namespace_name) @package)
(namespace_use_declaration) @import
(expression_statement [(include_expression) (include_once_expression) (require_expression) (require_once_expression)] @import)

; Definitions
(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.class
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.constant
(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(property_declaration type: (_) @type (property_element name: (variable_name (name) @name)) @definition.field)
(property_declaration (property_element name: (variable_name (name) @name)) @definition.field)
(property_promotion_parameter type: (_) @type name: (variable_name (name) @name)) @definition.field @member
(const_declaration (const_element . (name) @name) @definition.constant)
(function_call_expression function: (name) @_define
  arguments: (arguments . (argument [(string (string_content) @name) (encapsed_string (string_content) @name)]))
  (#eq? @_define "define")) @definition.constant

; Local names
(simple_parameter type: (_) @typed.type name: (variable_name) @typed.name)
(simple_parameter name: (variable_name) @typed.name)
(variadic_parameter type: (_) @typed.type name: (variable_name) @typed.name)
(property_promotion_parameter type: (_) @typed.type name: (variable_name) @typed.name)
(catch_clause type: (type_list . (_) @typed.type .) name: (variable_name) @typed.name)
(assignment_expression left: (variable_name) @typed.name
  right: (object_creation_expression . [(name) (qualified_name)] @typed.class))
(assignment_expression left: (variable_name) @typed.name
  right: [(member_call_expression) (scoped_call_expression) (function_call_expression) (member_access_expression)
    (nullsafe_member_call_expression) (subscript_expression) (scoped_property_access_expression)] @typed.value)
(foreach_statement . [(member_call_expression) (member_access_expression) (variable_name) (function_call_expression)] @typed.value @typed.element
  [(variable_name) @typed.name (pair (_) (variable_name) @typed.name)])

; Fields that a constructor fills
(assignment_expression
  left: (member_access_expression object: (variable_name) @_this name: (name) @name)
  right: (object_creation_expression . [(name) (qualified_name)] @type)
  (#eq? @_this "$this")) @definition.field @member

; Bases. A trait that is used gives its members to the class.
(class_declaration (base_clause [(name) (qualified_name)] @base.extends @ignore))
(interface_declaration (base_clause [(name) (qualified_name)] @base.extends @ignore))
(class_interface_clause [(name) (qualified_name)] @base.implements @ignore)
(class_declaration (declaration_list (use_declaration [(name) (qualified_name)] @base.extends @ignore)))
(trait_declaration (declaration_list (use_declaration [(name) (qualified_name)] @base.extends @ignore)))
(enum_declaration (enum_declaration_list (use_declaration [(name) (qualified_name)] @base.extends @ignore)))
(base_clause (qualified_name (name) @ignore .))
(class_interface_clause (qualified_name (name) @ignore .))
(use_declaration (qualified_name (name) @ignore .))

; Uses
(function_call_expression function: (name) @reference.calls)
(function_call_expression function: (qualified_name prefix: _+ @receiver (name) @reference.calls .))
(member_call_expression object: (_) @receiver name: (name) @reference.calls)
(nullsafe_member_call_expression object: (_) @receiver name: (name) @reference.calls)
(scoped_call_expression scope: (_) @receiver name: (name) @reference.calls)
(object_creation_expression . (name) @reference.instantiates)
(object_creation_expression . (qualified_name prefix: _+ @receiver (name) @reference.instantiates .))
(named_type (name) @reference.references)
(named_type (qualified_name prefix: _+ @receiver (name) @reference.references .))
(attribute . (name) @reference.references)
(class_constant_access_expression . (name) @reference.references)
(class_constant_access_expression . (qualified_name prefix: _+ @receiver (name) @reference.references .))
(scoped_property_access_expression scope: (name) @reference.references)
(binary_expression operator: "instanceof" right: (name) @reference.references)
(binary_expression operator: "instanceof" right: (qualified_name prefix: _+ @receiver (name) @reference.references .))
