; What frameworks of JavaScript and TypeScript call. Vocabulary: ../../tree-sitter/captures.ts

; app.get('/users/:id', auth, show); router.route('/users').get(list).post(create); fastify.route({ … }); bus.on('order.paid', ship)
((call_expression function: (member_expression property: (property_identifier) @name)) @definition.route
  (#any-of? @name "get" "post" "put" "patch" "delete" "head" "options" "all" "del" "route"
    "on" "once" "addListener"))

; @Get(':id'), @OnEvent('order.paid')
((decorator (call_expression function: (identifier) @name)) @definition.route
  (#any-of? @name "Get" "Post" "Put" "Patch" "Delete" "Head" "Options" "All"
    "OnEvent" "EventPattern" "MessagePattern"))

; bus.emit('order.paid', order)
((call_expression function: (member_expression property: (property_identifier) @_emit)
  arguments: (arguments . (string (string_fragment) @event)))
  (#any-of? @_emit "emit" "emitAsync"))
