import Dispatch
import NNCore

/// Checks a request, finds its route and starts its handler.
struct Service: Sendable {
  let guardian: RequestGuard
  let routes: LocalRoutes
  let limits: LocalServer.Limits
  let threads: HandlerThreads
  let doorbell: Doorbell
  /// The running handlers.
  let handlers = DispatchGroup()

  /// The path after the token.
  ///
  /// - Throws: ``Refusal`` for a missing token or a request from another site.
  func path(_ head: RequestHead) throws(Refusal) -> Substring {
    try guardian.path(target: head.target, host: head.host, origin: head.origin)
  }

  /// The handler and the path's parameters.
  ///
  /// - Throws: ``Refusal`` 404 or 405.
  func route(
    _ head: RequestHead, path: Substring
  ) throws(Refusal) -> (handler: LocalRoutes.Handler, parameters: [String: String]) {
    if path.isEmpty {
      let answer = LocalAnswer.redirection(to: "/\(guardian.token)/")
      return ({ _ in answer }, [:])
    }
    return try routes.find(method: head.method, path: path)
  }

  /// Starts the handler, on the handlers' threads.
  func start(
    _ handler: @escaping LocalRoutes.Handler, _ request: LocalRequest, _ form: AnswerForm,
    into outbox: Outbox
  ) -> Task<Void, Never> {
    handlers.enter()
    return Task(executorPreference: threads) { [handlers] in
      defer { handlers.leave() }
      do {
        try await Self.answer(handler, request).write(to: outbox, form)
      } catch {
        // Any error other than a refusal ends the connection.
        outbox.finish(.broken)
      }
    }
  }

  private static func answer(
    _ handler: LocalRoutes.Handler, _ request: LocalRequest
  ) async throws -> LocalAnswer {
    do {
      return try await handler(request)
    } catch let refusal as Refusal {
      return .refusal(refusal)
    } catch let error as NNError {
      return .refusal(Refusal(error))
    }
  }
}
