; Vocabulary: ../../tree-sitter/captures.ts

[(use_declaration) (extern_crate_declaration) (mod_item !body)] @import

(mod_item name: (identifier) @name body: (_)) @definition.module
(struct_item name: (type_identifier) @name body: (ordered_field_declaration_list) @type) @definition.struct
(struct_item name: (type_identifier) @name) @definition.struct
(union_item name: (type_identifier) @name) @definition.struct
(enum_item name: (type_identifier) @name) @definition.enum
(enum_variant name: (identifier) @name body: (ordered_field_declaration_list) @type) @definition.constant
(enum_variant name: (identifier) @name) @definition.constant
(trait_item name: (type_identifier) @name) @definition.interface
(field_declaration name: (field_identifier) @name) @definition.field
(macro_definition name: (identifier) @name) @definition.function
(trait_item body: (declaration_list [
  (function_item name: (identifier) @name)
  (function_signature_item name: (identifier) @name)] @definition.method))
(impl_item type: (_) @owner body: (declaration_list (function_item name: (identifier) @name) @definition.method))
(impl_item type: (_) @owner body: (declaration_list (const_item name: (identifier) @name) @definition.constant))
(impl_item type: (_) @owner body: (declaration_list (type_item name: (type_identifier) @name) @definition.type))
(associated_type name: (type_identifier) @name) @definition.type
(type_item name: (type_identifier) @name) @definition.type
(function_item name: (identifier) @name) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.variable

; Bases
(impl_item trait: [(type_identifier) (scoped_type_identifier)] @base.implements type: (_) @base.owner)
(impl_item trait: (generic_type type: [(type_identifier) (scoped_type_identifier)] @base.implements) type: (_) @base.owner)
(trait_item bounds: (trait_bounds [(type_identifier) (scoped_type_identifier)] @base.extends))
(trait_item bounds: (trait_bounds (generic_type type: [(type_identifier) (scoped_type_identifier)] @base.extends)))
(impl_item trait: (type_identifier) @ignore)
(impl_item trait: (scoped_type_identifier name: (type_identifier) @ignore))
(impl_item trait: (generic_type type: (type_identifier) @ignore))
(impl_item trait: (generic_type type: (scoped_type_identifier name: (type_identifier) @ignore)))
(trait_item bounds: (trait_bounds (type_identifier) @ignore))
(trait_item bounds: (trait_bounds (scoped_type_identifier name: (type_identifier) @ignore)))
(trait_item bounds: (trait_bounds (generic_type type: (type_identifier) @ignore)))
(trait_item bounds: (trait_bounds (generic_type type: (scoped_type_identifier name: (type_identifier) @ignore))))

; Generic parameters; what bounds one is the type its values are known by
(type_parameter name: (type_identifier) @type.parameter)
(type_parameter name: (type_identifier) @typed.name bounds: (_) @typed.type)
(where_predicate left: (type_identifier) @typed.name bounds: (_) @typed.type)

; Local names
[(block) (closure_expression) (for_expression) (if_expression) (while_expression) (match_arm)] @scope.block
(parameter pattern: (identifier) @typed.name type: (_) @typed.type)
(parameter pattern: (mut_pattern (identifier) @typed.name) type: (_) @typed.type)
(let_declaration pattern: (identifier) @typed.name type: (_) @typed.type)
(let_declaration pattern: (identifier) @typed.name !type value: (struct_expression name: (_) @typed.class))
(let_declaration pattern: (identifier) @typed.name !type
  value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value)
(let_declaration pattern: (identifier) @typed.name !type
  value: (reference_expression value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value))
(let_declaration pattern: (identifier) @typed.name !type
  value: (reference_expression value: (struct_expression name: (_) @typed.class)))
((let_declaration pattern: (identifier) @typed.name !type
  value: (match_expression
    value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value
    body: (match_block (match_arm
      pattern: (match_pattern . (tuple_struct_pattern type: (identifier) @_wrapper . (identifier) @_bound .))
      value: (identifier) @_given)))) @typed.element
  (#any-of? @_wrapper "Some" "Ok") (#eq? @_bound @_given))
(let_declaration pattern: (_ (identifier) @typed.name))
((let_declaration pattern: (tuple_struct_pattern type: (identifier) @_wrapper . (identifier) @typed.name .)
  value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value @typed.element)
  (#any-of? @_wrapper "Some" "Ok"))
((let_condition pattern: (tuple_struct_pattern type: (identifier) @_wrapper . (identifier) @typed.name .)
  value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value @typed.element)
  (#any-of? @_wrapper "Some" "Ok"))
((let_condition pattern: (tuple_struct_pattern type: (identifier) @_wrapper . [(mut_pattern (identifier) @typed.name) (ref_pattern (identifier) @typed.name)] .)
  value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value @typed.element)
  (#any-of? @_wrapper "Some" "Ok"))
((let_condition pattern: (tuple_struct_pattern type: (identifier) @_wrapper . (identifier) @typed.name .)
  value: (reference_expression value: [(call_expression) (field_expression) (index_expression) (identifier)] @typed.value @typed.element))
  (#any-of? @_wrapper "Some" "Ok"))
(let_condition pattern: (_ (identifier) @typed.name))
((match_expression
  value: [(call_expression) (field_expression) (index_expression) (try_expression) (await_expression) (identifier)] @typed.value
  body: (match_block (match_arm pattern: (match_pattern . (tuple_struct_pattern type: (identifier) @_wrapper . (identifier) @typed.name .)))))
  @typed.element (#any-of? @_wrapper "Some" "Ok"))
((tuple_struct_pattern type: (_) @typed.type .
  [(identifier) @typed.name (ref_pattern (identifier) @typed.name) (mut_pattern (identifier) @typed.name)
   (ref_pattern (mut_pattern (identifier) @typed.name))]) @typed.first
  (#not-any-of? @typed.type "Some" "Ok" "Err"))
(struct_pattern type: (_) @typed.type (field_pattern name: (shorthand_field_identifier) @typed.name @typed.key))
(struct_pattern type: (_) @typed.type (field_pattern name: (field_identifier) @typed.key pattern: (identifier) @typed.name))
((call_expression
  function: (field_expression value: (_) @typed.value field: (field_identifier) @_method)
  arguments: (arguments . (closure_expression parameters: (closure_parameters .
    [(identifier) @typed.name (reference_pattern (identifier) @typed.name) (mut_pattern (identifier) @typed.name)] .)))) @typed.element
  (#any-of? @_method "map" "and_then" "for_each" "filter" "any" "all" "find" "position" "is_some_and" "is_ok_and" "inspect" "flat_map"
    "filter_map" "find_map" "take_while" "skip_while" "partition" "retain" "sort_by_key" "max_by_key" "min_by_key" "or_insert_with_key"))
((call_expression
  function: (field_expression value: (_) @typed.value field: (field_identifier) @_method)
  arguments: (arguments (_) . (closure_expression parameters: (closure_parameters .
    [(identifier) @typed.name (reference_pattern (identifier) @typed.name)] .)))) @typed.element
  (#any-of? @_method "map_or" "map_or_else"))
(match_arm pattern: (match_pattern (tuple_struct_pattern (identifier) @typed.name)))
(match_arm pattern: (match_pattern . (identifier) @typed.name))
(for_expression pattern: (identifier) @typed.name
  value: [(call_expression) (field_expression) (identifier)] @typed.value @typed.element)
(for_expression pattern: (identifier) @typed.name
  value: (reference_expression value: [(call_expression) (field_expression) (identifier)] @typed.value @typed.element))
(for_expression pattern: (identifier) @typed.name)
(for_expression pattern: (_ (identifier) @typed.name))
(closure_parameters (identifier) @typed.name)
(closure_parameters (_ (identifier) @typed.name))
(closure_parameters (parameter pattern: (identifier) @typed.name type: (_) @typed.type))

; Uses
(use_list (scoped_identifier name: (identifier) @ignore))
(macro_invocation macro: (identifier) @reference.calls "!" @suffix)
(macro_invocation macro: (scoped_identifier path: (_) @receiver name: (identifier) @reference.calls) "!" @suffix)
(call_expression function: (identifier) @reference.calls)
(call_expression function: (generic_function function: (identifier) @reference.calls))
(call_expression function: (field_expression value: (_) @receiver field: (field_identifier) @reference.calls))
(call_expression function: (generic_function function: (field_expression value: (_) @receiver field: (field_identifier) @reference.calls)))
(call_expression function: (scoped_identifier path: (_) @receiver name: (identifier) @reference.calls))
(call_expression function: (generic_function function: (scoped_identifier path: (_) @receiver name: (identifier) @reference.calls)))
(struct_expression name: (type_identifier) @reference.instantiates)
(struct_expression name: (scoped_type_identifier path: (_) @receiver name: (type_identifier) @reference.instantiates))
(struct_expression name: (generic_type_with_turbofish type: (type_identifier) @reference.instantiates))
; Inside of macros there are only tokens: what starts an argument is read
(attribute arguments: (token_tree (identifier) @ignore))
(attribute arguments: (token_tree (token_tree (identifier) @ignore)))
(token_tree (self) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree (self) @receiver . "." . (identifier) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree . (identifier) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree "," . (identifier) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree . (identifier) @receiver . "." . (identifier) . (token_tree) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree "," . (identifier) @receiver . "." . (identifier) . (token_tree) @receiver . "." . (identifier) @reference.calls . (token_tree . "("))
(token_tree . (identifier) @reference.calls . (token_tree . "("))
(token_tree "," . (identifier) @reference.calls . (token_tree . "("))
((token_tree (identifier) @receiver . "::" . (identifier) @reference.calls . (token_tree . "("))
  (#match? @receiver "^[A-Z]"))
((scoped_identifier path: (_) @receiver name: (identifier) @reference.references)
  (#match? @reference.references "^[A-Z]"))
(scoped_type_identifier path: (_) @receiver name: (type_identifier) @reference.references)
((type_identifier) @ignore (#eq? @ignore "Self"))
(type_identifier) @reference.references
