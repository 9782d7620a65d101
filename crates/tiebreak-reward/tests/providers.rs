//! Which execution provider runs, and what is said of the others.

mod common;

use common::{embed, minilm};
use tiebreak_core::Scorer as _;
use tiebreak_reward::{OpenOptions, Provider, RewardModel, diagnose};

fn open_on(providers: Vec<Provider>) -> Result<RewardModel, tiebreak_reward::RewardError> {
    let options =
        OpenOptions { providers: Some(providers), threads: Some(1), ..OpenOptions::default() };
    RewardModel::open(&minilm().pack().dir, &options)
}

#[test]
fn a_provider_that_does_not_run_is_skipped_with_its_reason() {
    // CoreML exists on macOS alone and DirectML on Windows alone.
    let absent = if cfg!(target_os = "macos") { Provider::DirectMl } else { Provider::CoreMl };
    let model = open_on(vec![absent, Provider::Cpu]).unwrap();
    assert_eq!(model.provider(), "cpu");
    let skipped = model.skipped_providers();
    let [skip] = skipped.as_slice() else { panic!("{skipped:?}") };
    assert_eq!(skip.provider, absent.as_str());
    assert_eq!(skip.reason, "this build of ONNX Runtime does not include it");

    let refused = open_on(vec![absent]).unwrap_err().to_string();
    assert!(refused.contains(absent.as_str()) && refused.contains("does not include"), "{refused}");
}

#[test]
fn cuda_agrees_with_the_cpu_or_says_why_it_does_not_run() {
    let texts = ["Which answer is better?", &"a longer text ".repeat(100)];
    let model = open_on(vec![Provider::Cuda, Provider::Cpu]).unwrap();
    if model.provider() == "cpu" {
        let skipped = model.skipped_providers();
        let reason = &skipped[0].reason;
        assert!(!reason.is_empty() && !reason.contains('\n'), "{reason:?}");
        println!("skipped: CUDA does not run here: {reason}");
        return;
    }
    let cpu = embed(minilm(), &texts);
    let gpu = embed(&model, &texts);
    assert_eq!(model.provider(), "cuda", "it failed: {:?}", model.skipped_providers());
    for (cpu, gpu) in cpu.iter().flatten().zip(gpu.iter().flatten()) {
        assert!((cpu - gpu).abs() < 1e-3, "CPU {cpu}, CUDA {gpu}");
    }
}

#[test]
fn the_diagnosis_names_the_library_the_provider_and_the_pack() {
    minilm();
    let report = diagnose(&Provider::default_order());
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let runtime = report.runtime.unwrap();
    assert!(runtime.library.is_absolute());
    assert!(runtime.version.starts_with("1."), "{}", runtime.version);
    assert_eq!(report.providers.iter().filter(|provider| provider.in_use).count(), 1);
    for provider in &report.providers {
        let reason = provider.reason.as_deref().unwrap_or("runs");
        assert!(!reason.is_empty() && !reason.contains('\n'), "{reason:?}");
    }
    let pack = report.packs.iter().find(|pack| pack.name == "minilm").unwrap();
    assert_eq!((pack.embedding_dim, pack.licence.as_str()), (384, "Apache-2.0"));
    assert_eq!(pack.encoder_hash, minilm().pack().encoder_hash);
}

#[test]
fn the_diagnosis_follows_the_order_asked_for() {
    minilm();
    let order = [Provider::Cpu, Provider::CoreMl, Provider::DirectMl];
    let report = diagnose(&order);
    let reported: Vec<Provider> = report.providers.iter().map(|p| p.provider).collect();
    assert_eq!(reported, order);
    assert!(report.providers[0].in_use, "the CPU was asked for first");
    let absent = report.providers.iter().filter(|p| p.reason.is_some()).count();
    assert!(absent >= 1, "CoreML and DirectML exist on different systems");
}
