import NNLosses

/// What training minimises: the weighted sum of the losses of a network's named tensors.
struct Objective: Sendable {
  /// The largest number of losses.
  static let largestCount = 100

  let terms: [LossTerm]

  /// - Precondition: There is at least one loss, and at most `largestCount`.
  init(_ terms: [LossTerm]) {
    precondition((1...Self.largestCount).contains(terms.count), "1 to 100 losses")
    self.terms = terms
  }

  /// One loss of the main output and target.
  init(_ loss: any Loss) { terms = [LossTerm(loss)] }

  /// The loss of the network's main output, which determines what outputs mean.
  var main: any Loss { terms[0].loss }

  /// The names of the losses in tables; empty for one loss, which is the whole.
  var partNames: [String] { terms.count == 1 ? [] : terms.map(\.name) }
}
