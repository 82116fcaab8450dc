package import NNCore
package import Testing

/// Expects an error of the given kind whose text holds every one of the parts.
package func expectError(
  _ parts: String..., kind: NNError.Kind = .invalidInput,
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  let error = #expect(throws: NNError.self, sourceLocation: sourceLocation, performing: body)
  guard let error else { return }
  #expect(error.kind == kind, sourceLocation: sourceLocation)
  for part in parts {
    #expect("\(error)".contains(part), "\(error)", sourceLocation: sourceLocation)
  }
}
