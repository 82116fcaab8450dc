import Dispatch
import NNCore

/// Takes a request past the guards to its route, and has its handler write the answer.
struct Service: Sendable {
  let guardian: RequestGuard
  let routes: LocalRoutes
  let limits: LocalServer.Limits
  let threads: HandlerThreads
  let doorbell: Doorbell
  /// Entered by each handler, and left when it has ended.
  let handlers = DispatchGroup()

  /// The path behind the token.
  ///
  /// - Throws: ``Refusal`` for who does not know the token, or comes from another site.
  func path(_ head: RequestHead) throws(Refusal) -> Substring {
    try guardian.path(target: head.target, host: head.host, origin: head.origin)
  }

  /// Who answers, and what the path has in the places of names.
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

  /// Begins to answer, on the handlers' threads.
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
        // Whatever is no refusal ends the connection.
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
