import ArgumentParser
import NNCore
import NNFormats
import NNTraining

/// Commands on run folders of which a part is replaced.
enum RunCommands {
  static let targets = [
    target("checkpoint", executions: 100_000) {
      let read: RunPart.Command = { _ in _ = try Checkpoint(contentsOf: checkpoint) }
      return ["progress", "origin"].map {
        RunPart(run: .classifier, place: .metadata($0, of: checkpoint), command: read)
      } + [RunPart(run: .classifier, place: .file(checkpoint), command: read)]
    },
    target("evaluate") {
      let facts = ["config", "facts"]
      let texts = facts + ["tokenizer", "target_tokenizer"]
      let evaluate = command(EvaluateCommand.self, ["."])
      return [
        RunPart.parts(of: .classifier, files: ["test.csv"], metadata: facts, command: evaluate),
        RunPart.parts(
          of: .images, files: ["test.npz"], metadata: facts,
          command: command(EvaluateCommand.self, [".", "--json"])),
        RunPart.parts(of: .text, files: ["text.txt"], metadata: texts, command: evaluate),
        RunPart.parts(of: .pairs, files: ["pairs.tsv"], metadata: texts, command: evaluate),
        RunPart.parts(of: .series, files: ["load.csv"], metadata: facts, command: evaluate),
        [
          RunPart(run: .classifier, place: .argument("{csv: test.csv, target: kind}")) { text in
            try command(EvaluateCommand.self, [".", "--data=\(text ?? "")"])(nil)
          }
        ],
      ].flatMap { $0 }
    },
    target("predict") {
      let facts = ["config", "facts"]
      func predict(_ input: String, _ more: String...) -> RunPart.Command {
        command(PredictCommand.self, [".", "--input", input] + more)
      }
      return [
        RunPart.parts(
          of: .classifier, files: ["rows.csv"], metadata: facts,
          command: predict("rows.csv", "--probabilities")),
        RunPart.parts(
          of: .images, files: ["rows.npy"], metadata: facts,
          command: predict("rows.npy", "--output", "out.npy")),
        RunPart.parts(
          of: .images, files: ["rows.npz"], command: predict("rows.npz", "--output", "out.jsonl")),
      ].flatMap { $0 }
    },
    target("generate") {
      let generate = [".", "--tokens=5"]
      return RunPart.parts(
        of: .text, metadata: ["config", "facts", "tokenizer"],
        command: command(GenerateCommand.self, generate + ["--prompt=in the"]))
        + [
          RunPart(run: .text, place: .argument("the word")) { text in
            try command(GenerateCommand.self, generate + ["--prompt=\(text ?? "")"])(nil)
          }
        ]
    },
    target("translate") {
      RunPart.parts(
        of: .pairs, files: ["lines.txt"],
        metadata: ["config", "facts", "tokenizer", "target_tokenizer"],
        command: command(TranslateCommand.self, [".", "--input=lines.txt", "--beam=2"]))
    },
    target("forecast") {
      RunPart.parts(
        of: .series, files: ["load.csv"], metadata: ["config", "facts"],
        command: command(ForecastCommand.self, [".", "--steps=5"]))
    },
    target("report") {
      let report = command(ReportCommand.self, ["."])
      let logs = ["config.yaml", "metrics.csv", "steps.csv", "test.json", "environment.json"]
      let facts = ["config", "facts"]
      return [
        RunPart.parts(
          of: .classifier, files: logs + ["train.csv", "test.csv"], metadata: facts,
          command: report),
        RunPart.parts(
          of: .images,
          files: ["rows.npz", "attack.json", "explanation.json", "importance.json"],
          metadata: facts, command: report),
        RunPart.parts(
          of: .text, files: ["config.yaml", "gradients.csv", "tokenizer.json", "text.txt"],
          metadata: facts + ["tokenizer"], command: report),
        RunPart.parts(of: .pairs, files: ["config.yaml"], metadata: facts, command: report),
        RunPart.parts(of: .series, files: ["load.csv"], metadata: facts, command: report),
      ].flatMap { $0 }
    },
    target("summary") {
      [SeedRun.classifier, .images, .text, .pairs, .series].flatMap {
        RunPart.parts(
          of: $0, files: ["config.yaml"], command: command(SummaryCommand.self, ["."]))
      }
    },
    target("check") {
      RunPart.parts(
        of: .classifier, files: ["check.yaml", "train.csv"],
        command: command(CheckCommand.self, ["check.yaml"]))
    },
    target("graph") {
      [SeedRun.images, .pairs].flatMap {
        RunPart.parts(
          of: $0, files: ["config.yaml"], metadata: ["config"],
          command: command(GraphCommand.self, ["."]))
      }
    },
    target("runs") {
      RunPart.parts(
        of: .classifier, files: ["config.yaml", "metrics.csv", ".lock", checkpoint],
        command: command(RunsListCommand.self, ["."]))
        + [
          RunPart(run: .classifier, place: .metadata("progress", of: checkpoint)) { _ in
            try command(RunsListCommand.self, [".", "--json"])(nil)
          }
        ]
    },
    // The work of `train --resume` and `train --init`.
    target("train") {
      let resume: RunPart.Command = { _ in
        let run = try SeedRun.classifier.training(resumes: true)
        if !run.isFinished { _ = try run.run() }
        _ = try run.evaluateTest()
      }
      return ["progress", "origin"].map {
        RunPart(run: .classifier, place: .metadata($0, of: checkpoint), command: resume)
      }
        + RunPart.parts(
          of: .classifier,
          files: [checkpoint, "config.yaml", "metrics.csv", "steps.csv", "train.csv"],
          command: resume)
        + [
          RunPart(run: .classifier, place: .file("model.safetensors")) { _ in
            _ = try SeedRun.classifier.training(
              resumes: true, initialWeights: "model.safetensors")
          }
        ]
    },
  ]

  /// The checkpoint that the classifier's run leaves: 12 rows in 3 batches, two epochs.
  private static let checkpoint = "checkpoints/step-000000006.safetensors"

  private static func target(
    _ name: String, executions: Int = 10_000, _ parts: @escaping @Sendable () -> [RunPart]
  ) -> FuzzTarget {
    FuzzTarget(name: name, executions: executions) { workplace in
      let folders = try RunFolders(parts(), in: workplace)
      return { try folders.tryOne($0) }
    }
  }

  /// A command with its arguments, as the program calls it.
  private static func command<Command: ParsableCommand & SendableMetatype>(
    _ type: Command.Type, _ arguments: [String]
  ) -> RunPart.Command {
    { _ in
      var command: Command
      do {
        command = try Command.parse(arguments + ["--quiet", "--threads", "1"])
      } catch {
        // An invalid argument, such as an empty `--prompt`.
        return
      }
      do { try command.run() } catch is ExitCode {}
    }
  }
}
