import Foundation
import NeuralNet

// A generator learns to draw points of eight Gaussians on a ring, and a critic to tell them from
// real ones. Each is a network with an optimizer of its own; both losses are values of one graph.
let (batch, deviation, pairs) = (128, 0.05, TensorType([128, 2], .float32))
let centres = (0..<8).map { SIMD2(cos(Double($0) * .pi / 4), sin(Double($0) * .pi / 4)) }
func realPoints(_ step: Int) -> HostTensor {
  let random = Philox(seed: 1, step: UInt32(step))
  let points = (0..<batch).flatMap { row in
    let centre = centres[random.integer(3 * row, below: centres.count)]
    return (0..<2).map { centre[$0] + deviation * random.normal(3 * row + 1 + $0) }
  }
  return HostTensor(doubles: points, shape: pairs.shape, dtype: .float32)
}
func network(outputs: Int) -> Model {
  Model([Dense(64), ReLU(), Dense(64), ReLU(), Dense(outputs)])
}
let (generator, critic) = (network(outputs: 2), network(outputs: 1))
let generatorLayout = try generator.layout(input: pairs, name: "generator")
let criticLayout = try critic.layout(input: pairs, name: "critic")
let variables = VariableStore()
variables.merge(try generatorLayout.initialVariables(seed: 1))
variables.merge(try criticLayout.initialVariables(seed: 2))

let graph = Graph()
let (random, real) = (graph.input("random", TensorType([2], .int64)), graph.input("real", pairs))
let noise = graph.randomNormal(pairs, state: random)
let drawn = generator.build(in: graph, input: noise, layout: generatorLayout, mode: .training)
let onReal = critic.build(in: graph, input: real, layout: criticLayout, mode: .training)
let onDrawn = critic.build(in: graph, input: drawn.value, layout: criticLayout, mode: .training)
let criticLoss = (-onReal.value).softplus().mean() + onDrawn.value.softplus().mean()
// The game converges since the critic's derivative at real points is penalized (R1).
let derivative = graph.gradients(of: onReal.value.sum(), withRespectTo: [real])[0]
let penalty = derivative.square().sum(axes: [1]).mean() * 0.5
let adam = Adam(learningRate: 0.002, betas: (0.5, 0.99))
let teachCritic = try TrainingFunction(
  minimizing: criticLoss + penalty, over: onReal, optimizer: adam, variables: variables)
let teachGenerator = try TrainingFunction(
  minimizing: (-onDrawn.value).softplus().mean(), over: drawn, optimizer: adam,
  variables: variables)
for step in 1...2000 {
  let seed = HostTensor([2, Int64(step)])
  let ofCritic = try teachCritic(["real": realPoints(step), "random": seed])
  let ofGenerator = try teachGenerator(["random": seed])
  if step % 500 == 0 { print("step \(step): critic \(ofCritic), generator \(ofGenerator)") }
}

let draw = try Function(graph, outputs: ["points": drawn.value], variables: variables)
let numbers = try (0..<16).flatMap { sample in
  try draw(["random": HostTensor([3, Int64(sample)])])["points"]?.doubles ?? []
}
let points = (0..<numbers.count / 2).map { SIMD2(numbers[2 * $0], numbers[2 * $0 + 1]) }
let counts = centres.map { centre in
  points.count { (($0 - centre) * ($0 - centre)).sum().squareRoot() < 4 * deviation }
}
print("near a centre:", Double(counts.reduce(0, +)) / Double(points.count))
print("centres drawn:", counts.count { $0 > points.count / 40 })
if CommandLine.arguments.count > 1 {
  let dots = points.map { "<circle cx='\($0.x)' cy='\($0.y)' r='0.01'/>" }.joined()
  let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-1.5 -1.5 3 3'>\(dots)</svg>"
  try svg.write(toFile: CommandLine.arguments[1], atomically: true, encoding: .utf8)
}
