<div class="pw-strength" data-strength-of="{$passwordField|default:'inputNewPassword1'}" data-weak="{lang key='pwstrengthweak'}" data-fair="{lang key='pwstrengthmoderate'}" data-strong="{lang key='pwstrengthstrong'}" hidden>
    <div class="pw-bar"><span></span></div>
    <small aria-live="polite"></small>
</div>
