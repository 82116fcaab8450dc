// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that it is not part of an ordinary build: `scripts/fuzz` builds it and its
// dependencies for libFuzzer.
let libraries = [
  "NNCore", "NNKernels", "NNFormats", "NNText", "NNImages", "NNData", "NNGraph", "NNLayers",
  "NNMetrics",
  "NNTraining", "NNAnalysis", "NNSearch", "NeuralNet", "NNDrawing", "NNReports", "NNServer",
]

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "NeuralNet", path: "../..", traits: ["Images"]),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: libraries.map { .product(name: $0, package: "NeuralNet") } + [
        .product(name: "ArgumentParser", package: "swift-argument-parser")
      ],
      // The commands, through a link to Sources/nntrain, without the rest of the program.
      exclude: [
        "nntrain/EntryPoint.swift", "nntrain/NNTrain.swift", "nntrain/Usage",
        "nntrain/Commands/LessonCommand.swift", "nntrain/Commands/ManualCommand.swift",
        "nntrain/Commands/DoctorCommand.swift",
      ],
      // `scripts/fuzz` makes declarations of the modules' own package visible.
      packageAccess: false,
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
