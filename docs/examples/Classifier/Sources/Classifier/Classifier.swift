import NeuralNet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Classifies images: `Classifier RUN IMAGES.npy`.
@main
struct Classifier {
  let predictor: Predictor

  /// A class and its predicted probability, 0…1.
  struct Prediction {
    var name: String
    var probability: Double
  }

  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      print("usage: Classifier RUN IMAGES.npy")
      exit(2)
    }
    do {
      let model = try TrainedModel(folder: RunFolder(arguments[1]))
      let classifier = Classifier(predictor: try Predictor(model))
      let predictions = try await classifier.classifyInHalves(NPY.read(arguments[2]))
      for prediction in predictions {
        print("\(prediction.name) \((prediction.probability * 100).rounded() / 100)")
      }
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  /// The predictions for images [N, …]. Two tasks that share the predictor classify half of them each.
  func classifyInHalves(_ images: HostTensor) async throws -> [Prediction] {
    let middle = images.shape[0] / 2
    async let first = classify(images.rows(0..<middle))
    async let second = classify(images.rows(middle..<images.shape[0]))
    return try await first + second
  }

  /// The most probable class of each image.
  func classify(_ images: HostTensor) throws -> [Prediction] {
    guard images.shape[0] > 0 else { return [] }
    let probabilities = try predictor.probabilities(images)
    return (0..<images.shape[0]).map { index in
      let scores = probabilities.rows(index..<index + 1).doubles
      let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
      return Prediction(
        name: predictor.model.classNames?[best] ?? "class \(best)", probability: scores[best])
    }
  }
}
