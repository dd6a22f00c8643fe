; Vocabulary: ../../tree-sitter/captures.ts

(function_statement (function_name) @name) @definition.function
(class_statement . (simple_name) @name) @definition.class
(class_statement (simple_name) (simple_name) @base.extends)
(class_method_definition (type_literal (type_spec (type_name (type_identifier) @type))) (simple_name) @name) @definition.method
(class_method_definition (simple_name) @name) @definition.method
(class_property_definition (type_literal (type_spec (type_name (type_identifier) @type))) (variable) @name) @definition.field
(class_property_definition (variable) @name) @definition.field
(enum_statement . (simple_name) @name) @definition.enum
(enum_member (simple_name) @name) @definition.constant
(program (statement_list (pipeline (assignment_expression (left_assignment_expression) @name) @definition.variable)))

; Local names
(script_parameter (attribute_list (attribute (type_literal (type_spec (type_name (type_identifier) @typed.type))))) (variable) @typed.name)
(script_parameter (variable) @typed.name)
(class_method_parameter (type_literal (type_spec (type_name (type_identifier) @typed.type))) (variable) @typed.name)
((assignment_expression (left_assignment_expression) @typed.name
  value: (pipeline (pipeline_chain (logical_expression (bitwise_expression (comparison_expression (additive_expression (multiplicative_expression (format_expression (range_expression (array_literal_expression (unary_expression (invokation_expression (type_literal (type_spec (type_name (type_identifier) @typed.class))) (member_name (simple_name) @_new))))))))))))))
  (#match? @_new "^[Nn]ew$"))
((assignment_expression (left_assignment_expression) @typed.name
  value: (pipeline (pipeline_chain (command command_name: (command_name) @_new
    command_elements: (command_elements . (command_argument_sep) . (generic_token) @typed.class)))))
  (#match? @_new "^[Nn]ew-[Oo]bject$"))
(assignment_expression (left_assignment_expression) @typed.name
  value: (pipeline (pipeline_chain (logical_expression (bitwise_expression (comparison_expression (additive_expression (multiplicative_expression (format_expression (range_expression (array_literal_expression (unary_expression [(invokation_expression (type_literal)) (invokation_expression (variable)) (member_access)] @typed.value))))))))))))

; Modules
((command command_name: (command_name) @ignore) @import
  (#match? @ignore "^([Uu]sing|[Ii]mport-[Mm]odule|ipmo)$"))
((command (command_invokation_operator) @_dot command_name: (_)) @import
  (#eq? @_dot "."))

; Uses
((invokation_expression (type_literal (type_spec (type_name (type_identifier) @reference.instantiates))) (member_name (simple_name) @_new))
  (#match? @_new "^[Nn]ew$"))
((invokation_expression (member_name (simple_name) @ignore))
  (#match? @ignore "^[Nn]ew$"))
((command command_name: (command_name) @_new command_elements: (command_elements . (command_argument_sep) . (generic_token) @reference.instantiates))
  (#match? @_new "^[Nn]ew-[Oo]bject$"))
(command command_name: (command_name) @reference.calls)
(invokation_expression . (type_literal (type_spec (type_name (type_identifier) @receiver))) (member_name (simple_name) @reference.calls))
(invokation_expression . [(variable) (member_access) (element_access) (invokation_expression)] @receiver (member_name (simple_name) @reference.calls))
(type_identifier) @reference.references
