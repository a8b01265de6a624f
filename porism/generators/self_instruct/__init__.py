"""Self-Instruct [Wang2023]: instructions bootstrapped from a pool of seed tasks, each with instances.

Four steps, one file each: ``bootstrap`` (new instructions from eight examples), ``classify`` (is it a classification
task?), ``instances`` (inputs and outputs, output-first for classification), ``finetune`` (prompts and completions).
``filters`` says why something is dropped, ``method`` joins the steps, ``settings`` holds the published constants.
"""
