import NeuralNet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names what pictures show: `Classifier RUN PICTURES.npy`.
@main
struct Classifier {
  let predictor: Predictor

  /// A class and how sure the network is of it, 0…1.
  struct Guess {
    var name: String
    var probability: Double
  }

  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      print("usage: Classifier RUN PICTURES.npy")
      exit(2)
    }
    do {
      let model = try TrainedModel(folder: RunFolder(arguments[1]))
      let classifier = Classifier(predictor: try Predictor(model))
      let guesses = try await classifier.classifyInHalves(NPY.read(arguments[2]))
      for guess in guesses {
        print("\(guess.name) \((guess.probability * 100).rounded() / 100)")
      }
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  /// The guesses for pictures [N, …], half of them by each of two tasks that share the predictor.
  func classifyInHalves(_ pictures: HostTensor) async throws -> [Guess] {
    let middle = pictures.shape[0] / 2
    async let first = classify(pictures.rows(0..<middle))
    async let second = classify(pictures.rows(middle..<pictures.shape[0]))
    return try await first + second
  }

  /// The likeliest class of each picture.
  func classify(_ pictures: HostTensor) throws -> [Guess] {
    guard pictures.shape[0] > 0 else { return [] }
    let probabilities = try predictor.probabilities(pictures)
    return (0..<pictures.shape[0]).map { row in
      let scores = probabilities.rows(row..<row + 1).doubles
      let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
      return Guess(
        name: predictor.model.classNames?[best] ?? "class \(best)", probability: scores[best])
    }
  }
}
