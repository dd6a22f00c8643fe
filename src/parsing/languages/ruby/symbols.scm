; Vocabulary: ../../tree-sitter/captures.ts

(call !receiver method: (identifier) @_load arguments: (argument_list . (string))
  (#any-of? @_load "require" "require_relative" "load")) @import

; Definitions. `class << self` is no scope of its own: its methods are those of the class.
(class name: [(constant) (scope_resolution)] @name) @definition.class
(module name: [(constant) (scope_resolution)] @name) @definition.module
(assignment left: (constant) @name
  right: (call receiver: (constant) @_maker method: (identifier) @_make)
  (#any-of? @_maker "Struct" "Class" "Module" "Data") (#any-of? @_make "new" "define")) @definition.class
(assignment left: (constant) @name) @definition.constant
(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method
(call !receiver method: (identifier) @_alias arguments: (argument_list . (simple_symbol) @name)
  (#any-of? @_alias "alias_method" "define_method")) @definition.method
(call !receiver method: (identifier) @_attribute arguments: (argument_list (simple_symbol) @name @definition.field)
  (#any-of? @_attribute "attr_reader" "attr_writer" "attr_accessor"))
(assignment left: [(instance_variable) (class_variable)] @name) @definition.field @member
(operator_assignment left: [(instance_variable) (class_variable)] @name) @definition.field @member

; Results: what the last line of a method makes
(method body: (body_statement (call receiver: (_)) @returned .))
(method body: (body_statement [(self) (instance_variable) (call !receiver)] @returned .))
(singleton_method body: (body_statement [(self) (instance_variable)] @returned .))
(method body: (call) @returned)
(singleton_method body: (body_statement (call) @returned .))
(singleton_method body: (call) @returned)

; Local names
(method_parameters (identifier) @typed.name)
(method_parameters (_ name: (identifier) @typed.name))
(block_parameters (identifier) @typed.name)
(block_parameters (_ name: (identifier) @typed.name))
(lambda_parameters (identifier) @typed.name)
(lambda_parameters (_ name: (identifier) @typed.name))
(destructured_parameter (identifier) @typed.name)
(left_assignment_list (identifier) @typed.name)
(exception_variable (identifier) @typed.name)
(for pattern: (identifier) @typed.name)
(rescue exceptions: (exceptions . [(constant) (scope_resolution)] @typed.type .) variable: (exception_variable (identifier) @typed.name))
(assignment left: [(identifier) (instance_variable) (class_variable)] @typed.name right: (call) @typed.value)
(operator_assignment left: [(identifier) (instance_variable) (class_variable)] @typed.name right: (call) @typed.value)
(assignment left: [(identifier) (instance_variable)] @typed.name
  right: [(constant) (instance_variable) (identifier)] @typed.value)
(assignment left: (identifier) @typed.name)
(operator_assignment left: (identifier) @typed.name)

; Bases. What is included, extended or prepended gives its methods to the class.
(superclass [(constant) (scope_resolution)] @base.extends @ignore)
(superclass (scope_resolution name: (constant) @ignore))
(class name: (scope_resolution name: (constant) @ignore))
(module name: (scope_resolution name: (constant) @ignore))
(call !receiver method: (identifier) @_mix arguments: (argument_list [(constant) (scope_resolution)] @base.extends @ignore)
  (#any-of? @_mix "include" "extend" "prepend"))

; Uses
(call receiver: [(constant) (scope_resolution)] method: (identifier) @ignore (#eq? @ignore "new"))
(call !receiver method: (identifier) @ignore (#eq? @ignore "new"))
(call receiver: (constant) @reference.instantiates method: (identifier) @_new (#eq? @_new "new"))
(call receiver: (scope_resolution scope: (_) @receiver name: (constant) @reference.instantiates)
  method: (identifier) @_new (#eq? @_new "new"))
(call receiver: (_) @receiver method: [(identifier) (constant)] @reference.calls)
(call !receiver method: (identifier) @reference.calls)
(call method: (super) @reference.calls)
(super) @reference.calls
(block_argument (simple_symbol) @ignore)
(scope_resolution scope: (_) @receiver name: (constant) @reference.references)
(constant) @reference.references
(identifier) @reference.references
