import NNCore
import NNTraining

/// The square attack: a random search that reads outputs alone. It changes squares at random places,
/// keeps a change that increases the loss, and makes the squares smaller.
///
/// Images [C, H, W] get squares of all channels; series [T, F] runs of consecutive steps, and tables
/// runs of consecutive columns, each column with a sign of its own. `LinfSquares` and `L2Squares`
/// describe the changes.
///
/// Source: Andriushchenko, Croce, Flammarion, Hein, "Square attack: a query-efficient black-box
/// adversarial attack via random search", ECCV 2020; the first share of changed elements is 0.8, as in
/// AutoAttack.
struct SquareAttack: Attack {
  static let entry = AttackEntry(
    "square", "A random search over squares that reads outputs alone."
  ) { SquareAttack(settings: $0) }

  let settings: AttackSettings

  var title: String { "square" }
  var readsGradients: Bool { false }
  var isRandom: Bool { true }

  func callAsFunction(
    _ batch: AttackBatch, on network: AttackedNetwork, radius: Double, draw: Int
  ) throws(NNError) -> HostTensor {
    let random = SquareRandom(seed: settings.seed, draw: draw)
    let proposals: any SearchProposals =
      switch settings.norm {
      case .linf: LinfSquares(batch, radius: radius, queries: settings.queries, random: random)
      case .l2: L2Squares(batch, radius: radius, queries: settings.queries, random: random)
      }
    return try RandomSearch(queries: settings.queries)(batch, proposals, judge: network.judge)
  }
}

/// The random numbers of a search, which depend on the seed, the restart, the query and the number of
/// the example.
package struct SquareRandom: Sendable {
  private let seed: UInt64
  private let stream: UInt32

  /// Creates the numbers of one restart.
  package init(seed: UInt64, draw: Int) {
    self.seed = seed
    stream = 0x5351_0000 &+ UInt32(truncatingIfNeeded: draw)
  }

  /// An integer in 0..<bound.
  func integer(_ index: Int, below bound: Int, query: Int) -> Int {
    Philox(seed: seed, stream: stream, step: UInt32(truncatingIfNeeded: query))
      .integer(index, below: bound)
  }

  /// 1 or −1.
  func sign(_ index: Int, query: Int) -> Double {
    integer(index, below: 2, query: query) == 0 ? -1 : 1
  }
}
