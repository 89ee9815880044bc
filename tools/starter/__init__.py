"""How the starter models are made: world -> scenes -> texts -> tokenizer -> train_<model> -> assets/starter."""
