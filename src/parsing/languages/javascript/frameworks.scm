; What frameworks of JavaScript and TypeScript call. Vocabulary: ../../tree-sitter/captures.ts

; app.get('/users/:id', auth, show); router.route('/users').get(list).post(create); fastify.route({ … })
((call_expression function: (member_expression property: (property_identifier) @name)) @definition.route
  (#any-of? @name "get" "post" "put" "patch" "delete" "head" "options" "all" "del" "route"))

; @Get(':id')
((decorator (call_expression function: (identifier) @name)) @definition.route
  (#any-of? @name "Get" "Post" "Put" "Patch" "Delete" "Head" "Options" "All"))
