import Foundation
import NeuralNet

// A policy learns to balance a pole on a cart by REINFORCE: it plays 16 games at a time, and moves
// after which a game lasts longer than usual become more probable.
let (games, steps, discount) = (16, 200, 0.99)
/// Position, speed, angle and angular speed after 0.02 s (Barto, Sutton, Anderson 1983).
func next(_ state: SIMD4<Double>, force: Double) -> SIMD4<Double> {
  let (sine, cosine) = (sin(state[2]), cos(state[2]))
  let push = (force + 0.05 * state[3] * state[3] * sine) / 1.1
  let turn = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine * cosine / 1.1))
  return state + 0.02 * SIMD4(state[1], push - 0.05 * turn * cosine / 1.1, state[3], turn)
}
func tensor(_ numbers: [Double], columns: Int) -> HostTensor {
  HostTensor(doubles: numbers, shape: [numbers.count / columns, columns], dtype: .float32)
}
let policy = Model([Dense(32), Tanh(), Dense(1)])
let layout = try policy.layout(input: TensorType([games, 4], .float32))
let variables = VariableStore()
variables.merge(try layout.initialVariables(seed: 1))

// One function plays and another learns; they share the weights.
let graph = Graph()
let now = graph.input("now", TensorType([games, 4], .float32))
let random = graph.input("random", TensorType([2], .int64))
let logits = policy.build(in: graph, input: now, layout: layout, mode: .evaluation).value
let right = logits.sigmoid().isGreater(than: graph.randomUniform(logits.type, state: random))
let play = try Function(graph, outputs: ["right": right], variables: variables)
let past = graph.input("past", TensorType([steps * games, 4], .float32))
let moved = graph.input("moved", TensorType([steps * games, 1], .float32))
let advantage = graph.input("advantage", moved.type)
let network = policy.build(in: graph, input: past, layout: layout, mode: .training)
let minusLogProbability = network.value.softplus() - moved * network.value
let learn = try TrainingFunction(
  minimizing: (minusLogProbability * advantage).mean(), over: network,
  optimizer: Adam(learningRate: 0.02), variables: variables)

for round in 1...50 {
  let start = Philox(seed: 2, step: UInt32(round))
  var carts = (0..<games).map { game in SIMD4((0..<4).map { 0.03 * start.normal(4 * game + $0) }) }
  var lengths = [Int](repeating: steps, count: games)
  var (seen, moves): ([Double], [Double]) = ([], [])
  for step in 0..<steps {
    seen += carts.flatMap { cart in (0..<4).map { cart[$0] } }
    let states = tensor(Array(seen.suffix(4 * games)), columns: 4)
    let moment = HostTensor([1, Int64(round * steps + step)])
    moves += try play(["now": states, "random": moment])["right"]?.doubles ?? []
    for game in 0..<games where step < lengths[game] {
      carts[game] = next(carts[game], force: 20 * moves[step * games + game] - 10)
      if abs(carts[game][0]) > 2.4 || abs(carts[game][2]) > 0.21 { lengths[game] = step + 1 }
    }
  }
  // Discounted steps that follow each move; moves after the end of a game do not count.
  let left = moves.indices.map { max(0, lengths[$0 % games] - $0 / games) }
  let returns = left.map { 1 - pow(discount, Double($0)) }
  let mean = returns.reduce(0, +) / Double(lengths.reduce(0, +))
  let advantages = zip(left, returns).map { $0 > 0 ? $1 - mean : 0 }
  try learn([
    "past": tensor(seen, columns: 4), "moved": tensor(moves, columns: 1),
    "advantage": tensor(advantages, columns: 1),
  ])
  if round % 10 == 0 || round == 1 { print("round \(round):", lengths.reduce(0, +) / games) }
}
