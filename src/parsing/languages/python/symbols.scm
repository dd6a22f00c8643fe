; Vocabulary: ../../tree-sitter/captures.ts

(function_definition name: (identifier) @name) @definition.function
(class_definition name: (identifier) @name) @definition.class
(type_alias_statement left: (type (identifier) @name)) @definition.type

; Values of modules and classes, also where the module chooses one
(module (expression_statement (assignment left: (identifier) @name) @definition.variable))
(module (expression_statement (assignment left: (pattern_list (identifier) @name)) @definition.variable))
(module (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name) @definition.variable))))
(module (if_statement alternative: (else_clause body: (block (expression_statement (assignment left: (identifier) @name) @definition.variable)))))
(module (try_statement body: (block (expression_statement (assignment left: (identifier) @name) @definition.variable))))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @definition.field)))

; Lambdas with a name
(assignment left: (identifier) @name right: (lambda)) @definition.function

; Attributes of the object
((assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name)
  right: (call function: [(identifier) (attribute)] @type)) @definition.field @member
  (#any-of? @_self "self" "cls") (#match? @type "(^|\\.)_*[A-Z][A-Za-z0-9_]*$"))
((assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name)) @definition.field @member
  (#any-of? @_self "self" "cls"))

((assignment left: (pattern_list (attribute object: (identifier) @_self attribute: (identifier) @name))) @definition.field @member
  (#any-of? @_self "self" "cls"))

; Local names
(typed_parameter . (identifier) @typed.name type: (type) @typed.type)
(typed_default_parameter name: (identifier) @typed.name type: (type) @typed.type)
(assignment left: (identifier) @typed.name type: (type) @typed.type)
((assignment left: (identifier) @typed.name right: (call function: [(identifier) (attribute)] @typed.class))
  (#match? @typed.class "(^|\\.)_*[A-Z][A-Za-z0-9_]*$"))
(assignment left: (identifier) @typed.name right: [(call) (await) (attribute) (subscript)] @typed.value)
(assignment left: (identifier) @typed.name)
(assignment left: (pattern_list (identifier) @typed.name))
(named_expression name: (identifier) @typed.name value: [(call) (await)] @typed.value)
((as_pattern (call function: [(identifier) (attribute)] @typed.class) alias: (as_pattern_target (identifier) @typed.name))
  (#match? @typed.class "(^|\\.)_*[A-Z][A-Za-z0-9_]*$"))
(with_item value: (as_pattern (call) @typed.value alias: (as_pattern_target (identifier) @typed.name)))
(except_clause value: (as_pattern (identifier) @typed.class alias: (as_pattern_target (identifier) @typed.name)))
(for_statement left: (identifier) @typed.name right: [(call) (attribute) (identifier)] @typed.value @typed.element)
(for_statement left: (identifier) @typed.name)
(for_statement left: (pattern_list (identifier) @typed.name))
(for_in_clause left: (identifier) @typed.name right: [(call) (attribute) (identifier)] @typed.value @typed.element)
(for_in_clause left: (identifier) @typed.name)
(lambda_parameters (identifier) @typed.name)
((assignment left: (attribute object: (identifier) @_self attribute: (identifier) @typed.name)
  right: [(call) (await)] @typed.value)
  (#any-of? @_self "self" "cls"))

; Bases
(class_definition superclasses: (argument_list [(identifier) (attribute)] @base.extends))
(class_definition superclasses: (argument_list (subscript value: [(identifier) (attribute)] @base.extends)))

; Decorators, before calls: a decorator is a reference even where it has arguments
(decorator (identifier) @reference.references)
(decorator (attribute object: (_) @receiver attribute: (identifier) @reference.references))
(decorator (call function: (identifier) @reference.references arguments: (_) @arguments))
(decorator (call function: (attribute object: (_) @receiver attribute: (identifier) @reference.references) arguments: (_) @arguments))

; How values flow
(assignment left: (_) @flow.target right: (_) @flow.assigned)
(augmented_assignment left: (_) @flow.target operator: "+=" right: (_) @flow.assigned)
(named_expression name: (identifier) @flow.target value: (_) @flow.assigned)
(default_parameter name: (identifier) @flow.target value: (_) @flow.assigned)
(typed_default_parameter name: (identifier) @flow.target value: (_) @flow.assigned)
(return_statement (_) @flow.returned)
(yield . (_) @flow.yielded)
(yield "from" (_) @flow.delegated)
(for_statement left: (_) @flow.target right: (_) @flow.element)
(for_in_clause left: (_) @flow.target right: (_) @flow.element)
(with_item value: (as_pattern (_) @flow.entered alias: (as_pattern_target (_) @flow.target)))
(with_item value: [(identifier) (call) (attribute)] @flow.entered)
(decorator (_) @flow.decorated)
(call function: [(subscript) (call) (parenthesized_expression)] arguments: (_) @flow.at) @flow.called
((call function: (identifier) @_function arguments: (argument_list . (identifier) @flow.target . (_) @flow.instance .))
  (#eq? @_function "isinstance"))
(except_clause value: (as_pattern (tuple) @flow.instance alias: (as_pattern_target (identifier) @flow.target)))
(case_pattern (as_pattern (case_pattern (class_pattern (dotted_name) @flow.instance)) (identifier) @flow.target))
(global_statement (identifier) @flow.outer)
(nonlocal_statement (identifier) @flow.outer)

; Uses
(call function: (identifier) @reference.calls arguments: (_) @arguments)
(call function: (attribute object: (_) @receiver attribute: (identifier) @reference.calls) arguments: (_) @arguments)
(type (identifier) @reference.references)
(type (attribute object: (_) @receiver attribute: (identifier) @reference.references))
(type (generic_type (identifier) @reference.references))
(type (binary_operator (identifier) @reference.references))
(type (subscript value: (identifier) @reference.references))
(type (subscript subscript: (identifier) @reference.references))

; Modules
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
