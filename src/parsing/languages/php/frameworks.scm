; What frameworks of PHP call. Vocabulary: ../../tree-sitter/captures.ts

; Route::get('/users', [UserController::class, 'index'])
((scoped_call_expression scope: (name) @_route name: (name) @name) @definition.route
  (#eq? @_route "Route")
  (#any-of? @name "get" "post" "put" "patch" "delete" "options" "any" "match" "resource" "apiResource"))

; Route::middleware('auth')->get('/users', …)
((member_call_expression name: (name) @name) @definition.route
  (#any-of? @name "get" "post" "put" "patch" "delete" "options" "any" "match" "resource" "apiResource"))

; #[Route('/users', methods: ['GET'])]
((method_declaration attributes: (attribute_list (attribute_group (attribute (name) @name) @definition.route)))
  (#eq? @name "Route"))
